/* Keys and sealing. libsodium only; every ciphertext begins with a version byte (how it was made)
 * and a key id byte (which master key; 0: none, the key came with the call).
 *
 * Master key: 32 bytes in DIR/keys/master.key (0400), never in the database or a backup. Subkeys by
 * crypto_kdf: field encryption, blind index per domain, session pepper, CSRF, media files. */
#ifndef BT_LIB_SEAL_H
#define BT_LIB_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/cx.h"
#include "lib/base/err.h"

/* Makes DIR/keys/master.key (0400) with a fresh key; ERR_CONFLICT when there is one already. */
enum err seal_create(const char *data_dir) MUST_USE;
/* Reads the key. ERR_DENIED when the file is readable by others, ERR_MISSING when it is not there. */
enum err seal_open(struct arena *a, const char *data_dir, struct seal **ret,
                   const char **ret_message) MUST_USE;
void seal_close(struct seal *s);

/* --- fields the server must read: XChaCha20-Poly1305, bound to table|column|row id --------------- */
/* NULL or empty plain gives {NULL, 0}. */
struct bytes seal_field(const struct seal *s, struct arena *a, const char *table,
                        const char *column, const char *row_id, const char *plain);
struct bytes seal_field_bytes(const struct seal *s, struct arena *a, const char *table,
                              const char *column, const char *row_id, struct bytes plain);
/* {NULL,0} gives NULL and ERR_OK. ERR_INTERNAL when it does not open (moved, damaged, other key). */
enum err seal_field_open(const struct seal *s, struct arena *a, const char *table,
                         const char *column, const char *row_id, struct bytes sealed,
                         char **ret) MUST_USE;
enum err seal_field_open_bytes(const struct seal *s, struct arena *a, const char *table,
                               const char *column, const char *row_id, struct bytes sealed,
                               struct bytes *ret) MUST_USE;

/* --- blind index: keyed BLAKE2b-256, a separate key per domain ("visitor", "complaint", …) -------- */
/* 32 bytes. NULL or empty gives {NULL, 0}: what is missing equals nothing. */
struct bytes seal_index(const struct seal *s, struct arena *a, const char *domain,
                        const char *value);

/* --- secrets that are only compared: sessions, tokens, answer links ------------------------------- */
/* Keyed hash of a random secret, for storing. */
void seal_secret_hash(const struct seal *s, const char *purpose, const char *secret,
                      uint8_t ret[32]);
/* 32-byte subkey for a purpose ("csrf", "webhook", …). */
void seal_subkey(const struct seal *s, const char *purpose, uint8_t ret[32]);

/* --- passwords (Argon2id, 64 MiB, t=2; at most 2 at once, queue 16, then ERR_BUSY) ------------------ */
enum err seal_password_hash(const char *password, char ret[128]) MUST_USE;
/* ERR_OK, ERR_AUTH, ERR_BUSY. A NULL hash (unknown user) takes the same time and gives ERR_AUTH. */
enum err seal_password_check(const char *hash, const char *password) MUST_USE;

/* --- people's keys: X25519 pair, secret half wrapped by Argon2id(password) with its own salt --------- */
struct seal_person {
    uint8_t public_key[32];
    struct bytes wrapped; /* version | key id | salt | nonce | box */
};
enum err seal_person_create(struct arena *a, const char *password, struct seal_person *ret,
                            uint8_t ret_secret_key[32]) MUST_USE;
/* ERR_AUTH when the password is wrong; ERR_BUSY as above (one gate for all Argon2 runs). */
enum err seal_person_unlock(struct bytes wrapped, const char *password,
                            uint8_t ret_secret_key[32]) MUST_USE;
/* The same secret key under another password. */
enum err seal_person_rewrap(struct arena *a, const uint8_t secret_key[32], const char *password,
                            struct bytes *ret) MUST_USE;
/* For the session: wrapped by a key only the browser's cookie holds. */
struct bytes seal_session_wrap(struct arena *a, const char *cookie, const uint8_t secret_key[32]);
enum err seal_session_unwrap(const char *cookie, struct bytes wrapped,
                             uint8_t ret_secret_key[32]) MUST_USE;

/* --- complaints: a data key per complaint; text by AEAD; the data key sealed to each reader ---------- */
struct seal_envelope {
    uint8_t key[32]; /* the complaint's data key: wipe after use */
};
void seal_envelope_new(struct seal_envelope *ret);
/* Text, padded to a multiple of 256 bytes, bound to `aad` (complaint id and field name). NULL gives
 * {NULL, 0}, which opens as NULL; an empty text is sealed like any other. */
struct bytes seal_envelope_text(const struct seal_envelope *e, struct arena *a, const char *aad,
                                const char *plain);
enum err seal_envelope_open(const struct seal_envelope *e, struct arena *a, const char *aad,
                            struct bytes sealed, char **ret) MUST_USE;
/* The data key sealed to a public key (an officer's, the office recovery key). {NULL, 0} for 32 bytes
 * that are no public key (all zero, say): nobody could ever open it. */
struct bytes seal_envelope_share(const struct seal_envelope *e, struct arena *a,
                                 const uint8_t public_key[32]);
enum err seal_envelope_unshare(struct bytes share, const uint8_t public_key[32],
                               const uint8_t secret_key[32], struct seal_envelope *ret) MUST_USE;

/* The complaint's own X25519 pair, made from its data key: the public half lies in its row, so that whoever
 * adds something (a file, a message) needs no right to read. */
void seal_envelope_pair(const struct seal_envelope *e, uint8_t ret_public_key[32],
                        uint8_t ret_secret_key[32]);
/* A text dropped into the complaint by its public key: a fresh envelope sealed to it, then the text, padded
 * and bound to `aad`. NULL gives {NULL, 0}; so does a public key that is none. */
struct bytes seal_drop_text(struct arena *a, const uint8_t public_key[32], const char *aad,
                            const char *plain);
/* Opened by whoever has the complaint's envelope. {NULL, 0} opens as NULL. */
enum err seal_drop_open(const struct seal_envelope *e, struct arena *a, const char *aad,
                        struct bytes sealed, char **ret) MUST_USE;

/* --- office recovery key: printed on a sheet as base32 groups with a check ----------------------------
 * 56 characters of Crockford's base32 (0-9 A-Z without I L O U), 14 groups of 4: the 32-byte seed of
 * the X25519 pair and 3 bytes of its BLAKE2b hash. Read back, O is 0, I and L are 1. */
enum err seal_recovery_create(struct arena *a, uint8_t ret_public_key[32],
                              char **ret_sheet) MUST_USE;
/* Reads a typed-back sheet (spaces, hyphens and case do not matter). ERR_INVALID when the check fails. */
enum err seal_recovery_read(const char *sheet, uint8_t ret_public_key[32],
                            uint8_t ret_secret_key[32]) MUST_USE;

/* What two people compare to be sure of a public key: 32 hexadecimal digits of its BLAKE2b hash in 8 groups. */
char *seal_key_fingerprint(struct arena *a, struct bytes public_key);

/* --- receipt code: 24 Crockford base32 characters (120 bits) and a check character -----------------------
 * "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-C". C is of the same alphabet: a weighted sum over GF(32) that finds
 * every single wrong character and every two exchanged ones. */
char *seal_receipt_new(struct arena *a);
/* The form above from what a person typed (spaces, hyphens, case, O I L); false when it is no receipt. */
bool seal_receipt_normalise(struct arena *a, const char *typed, char **ret);
/* Take a receipt as seal_receipt_new or seal_receipt_normalise gave it. */
void seal_receipt_lookup(const char *receipt, uint8_t ret[32]);
void seal_receipt_public_key(const char *receipt, uint8_t ret_public_key[32]);
void seal_receipt_secret_key(const char *receipt, uint8_t ret_secret_key[32]);

/* --- files on disk (photos): sealed with a subkey, bound to their id -------------------------------------
 * DIR/<kind>/<xx>/<id>: kind is lower-case letters, id a lower-case UUID, xx its last two digits (the
 * first ones are a time). ERR_BAD for any other name. At most 16 MiB. */
/* Temp file, fsync, rename, fsync of the folder. ERR_BUSY when the disk is full. */
enum err seal_file_write(const struct seal *s, struct arena *a, const char *data_dir,
                         const char *kind, const char *id, struct bytes plain) MUST_USE;
/* ERR_MISSING when there is none; ERR_INTERNAL when it does not open. */
enum err seal_file_read(const struct seal *s, struct arena *a, const char *data_dir,
                        const char *kind, const char *id, struct bytes *ret) MUST_USE;
/* ERR_MISSING when there is none. The removal is on disk when this returns. */
/* Removes what a crash left: temporary files, and files that `is_named` says no row names. Only files
 * last written before `before_ms` (epoch) are looked at: younger ones may still get their row. */
struct seal_sweep {
    int64_t before_ms;
    bool by_change; /* by the kernel's time of change: the files' own times were set back to the day */
    enum err (*is_named)(void *arg, const char *id, bool *ret_named);
    void *arg;
};
enum err seal_file_sweep(const char *data_dir, const char *kind, const struct seal_sweep *s,
                         int64_t *ret_removed) MUST_USE;
enum err seal_file_remove(const char *data_dir, const char *kind, const char *id) MUST_USE;

/* --- files of any size (evidence): a stream under a key of their own, in constant memory -------------------
 * DIR/<kind>/<xx>/<id> as above. The envelope is the file's own; what was padded says little of the size. A
 * file that was cut, lengthened, reordered, or moved to another kind or id does not open. */
struct seal_place {
    const char *data_dir, *kind, *id;
};
struct seal_writer;
struct seal_reader;
/* How large the sealed file of so many bytes is. */
int64_t seal_stream_bytes(uint64_t size);
/* `size`: exactly as much will be put. ERR_BUSY when the disk is full. */
enum err seal_stream_create(const struct seal_envelope *e, const struct seal_place *place,
                            uint64_t size, struct seal_writer **ret) MUST_USE;
enum err seal_stream_put(struct seal_writer *w, const void *from, size_t n) MUST_USE;
/* fsync, rename, fsync of the folder; the writer is gone afterwards, whatever comes back. `at_ms`: the file's
 * (and its folders') times are set to it; 0: they stay. The kernel's own time of change cannot be set. */
enum err seal_stream_commit(struct seal_writer *w, int64_t at_ms) MUST_USE;
/* Nothing stays. NULL is fine. */
void seal_stream_abandon(struct seal_writer *w);

/* ERR_MISSING when there is none; ERR_INTERNAL when it does not open. */
enum err seal_stream_open(const struct seal_envelope *e, const struct seal_place *place,
                          struct seal_reader **ret) MUST_USE;
uint64_t seal_stream_size(const struct seal_reader *r);
/* At most `room` bytes, 0 at the end. The last ones come only when the file's end was found in its place. */
enum err seal_stream_get(struct seal_reader *r, void *out, size_t room, size_t *ret_n) MUST_USE;
void seal_stream_close(struct seal_reader *r); /* NULL is fine */
/* Without any key: is there such a file, and does it look like one of these? */
enum err seal_stream_check(const struct seal_place *place) MUST_USE;

#endif
