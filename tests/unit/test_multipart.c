/* multipart/form-data: what browsers send, and what nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/http/form.h"
#include "lib/base/banned.h"

static struct cx cx;
static struct http_req req;

static int setup(void **state)
{
    (void)state;
    cx = (struct cx){.arena = arena_new(4096)};
    req = (struct http_req){.method = HTTP_POST};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(cx.arena);
    return 0;
}

static enum err decode_n(const char *text, size_t n)
{
    return form_decode_multipart(&cx, (struct bytes){.p = (const uint8_t *)text, .n = n}, "--x",
                                 &req);
}

static enum err decode(const char *text)
{
    return decode_n(text, strlen(text));
}

#define NAME(n) "Content-Disposition: form-data; name=\"" n "\""

static void test_good(void **state)
{
    (void)state;
    assert_int_equal(
        decode("----x\r\n" NAME("a") "\r\n\r\nsatu\r\n----x\r\n" NAME(
            "b") "\r\ncontent-type: text/plain; charset=utf-8\r\n\r\n\r\n----x--\r\nepilogue"),
        ERR_OK);
    assert_int_equal(req.field_count, 2);
    assert_string_equal(http_field(&req, "a"), "satu");
    assert_string_equal(http_field(&req, "b"), "");
    assert_int_equal(
        decode("----x\r\ncontent-disposition:form-data;name=\"f\";filename=\"C:\\a\\b.jpg\"\r\n"
               "Content-Type: image/jpeg\r\n\r\n\r\n--xx\r\n----\r\n----x--"),
        ERR_OK);
    assert_int_equal(req.file_count, 1);
    assert_string_equal(req.files[0].field, "f");
    assert_string_equal(req.files[0].client_name, "C:\\a\\b.jpg");
    assert_string_equal(req.files[0].content_type, "image/jpeg");
    assert_int_equal(req.files[0].data.n, 12);
    assert_memory_equal(req.files[0].data.p, "\r\n--xx\r\n----", 12);
    assert_int_equal(decode("----x--"), ERR_OK);
    assert_int_equal(req.field_count + req.file_count, 0);
    assert_int_equal(
        decode("----x\r\n" NAME("a;filename=\\\"") "; filename=\"z\"\r\n\r\n1\r\n----x--"), ERR_OK);
    assert_string_equal(req.files[0].field, "a;filename=\"");
}

static void test_bytes(void **state)
{
    (void)state;
    static const char file[] = "----x\r\n" NAME("f") "; filename=\"n\"\r\n\r\n\0\xff\0\r\n----x--";
    assert_int_equal(decode_n(file, sizeof(file) - 1), ERR_OK);
    assert_int_equal(req.files[0].data.n, 3);
    static const char nul[] = "----x\r\n" NAME("a") "\r\n\r\nx\0y\r\n----x--";
    assert_int_equal(decode_n(nul, sizeof(nul) - 1), ERR_OK);
    assert_memory_equal(http_field(&req, "a"), "x\x01y", 4); /* refused by name later */
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "--x",
        "preamble\r\n----x\r\n" NAME("a") "\r\n\r\n1\r\n----x--",
        "----x\r\n" NAME("a") "\r\n\r\n1\r\n----y--",
        "----x\r\n" NAME("a") "\r\n\r\n1\r\n----x",
        "----x\r\n" NAME("a") "\r\n\r\n1\r\n----xz\r\n",
        "----x\r\n" NAME("a") "\r\n1\r\n----x--",
        "----x\r\nContent-Disposition: form-data\r\n\r\n1\r\n----x--",
        "----x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n----x--",
        "----x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n----x--",
        "----x\r\n" NAME("a") "; filename=\"b\r\n\r\n1\r\n----x--",
        "----x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n----x--",
        "----x\r\n" NAME("a") "\r\n" NAME("b") "\r\n\r\n1\r\n----x--",
        "----x\r\n\r\n1\r\n----x--",
        "----x\r\n" NAME("a") "\r\n\r\n\xff\r\n----x--",
        "----x\r\n" NAME("\xff") "\r\n\r\n1\r\n----x--",
        "----x\r\n" NAME("a") "\r\nno colon\r\n\r\n1\r\n----x--",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(decode(bad[i]), ERR_BAD);
}

static void test_many(void **state)
{
    (void)state;
    struct buf text = buf_new(cx.arena, 4096, 1 << 16);
    for (int i = 0; i < 256; i++)
        buf_puts(&text, "----x\r\n" NAME("a") "\r\n\r\n1\r\n");
    struct buf more = text;
    buf_puts(&more, "----x--");
    assert_int_equal(decode_n(more.p, more.n), ERR_OK);
    assert_int_equal(req.field_count, 256);
    buf_puts(&text, "----x\r\n" NAME("a") "\r\n\r\n1\r\n----x--");
    assert_int_equal(decode_n(text.p, text.n), ERR_BAD);
}

/* Every beginning of a good body is refused, never read past. */
static void test_cut(void **state)
{
    (void)state;
    static const char text[] = "----x\r\n" NAME("a") "\r\n\r\n1\r\n----x\r\n" NAME(
        "f") "; filename=\"n\"\r\nContent-Type: a/b\r\n\r\n22\r\n----x--";
    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        char *exact = arena_memdup(cx.arena, text, n);
        assert_int_equal(decode_n(exact, n), ERR_BAD);
    }
    assert_int_equal(decode(text), ERR_OK);
}

static void test_boundary(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"multipart/form-data; boundary=x", "x"},
        {"multipart/form-data;boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
         "----WebKitFormBoundary7MA4YWxkTrZu0gW"},
        {"multipart/form-data; BOUNDARY=\"a b?c\"", "a b?c"},
        {"multipart/form-data; boundary=\"a\\'b\" ; charset=utf-8", "a'b"},
        {"multipart/form-data; charset=\"x; boundary=y\"; boundary=z", "z"},
        {"multipart/form-data; boundary===_a/b:c_==;", "==_a/b:c_=="},
        {"multipart/form-data; boundary="
         "0123456789012345678901234567890123456789012345678901234567890123456789",
         "0123456789012345678901234567890123456789012345678901234567890123456789"},
    };
    static const char *const bad[] = {
        "multipart/form-data",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"x",
        "multipart/form-data; boundary=\"x\\\"",
        "multipart/form-data; boundary=\"x\\",
        "multipart/form-data; boundary=x\"",
        "multipart/form-data; boundary=\"x\"y",
        "multipart/form-data; boundary=\"x \"",
        "multipart/form-data; boundary=\"x\"; charset=\"utf-8",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=a@b",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary =a",
        "multipart/form-data; xboundary=a",
        "multipart/form-data boundary=a",
        ("multipart/form-data; boundary="
         "01234567890123456789012345678901234567890123456789012345678901234567890"),
    };
    char *boundary = NULL;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(form_boundary(cx.arena, good[i][0], &boundary));
        assert_string_equal(boundary, good[i][1]);
    }
    boundary = NULL;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(form_boundary(cx.arena, bad[i], &boundary));
        assert_null(boundary);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_good, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_boundary, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
