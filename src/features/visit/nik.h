/* The NIK (nomor induk kependudukan): PPKKCC DDMMYY SSSS, no check digit (shared rules of Dukcapil). Hard
 * faults are refused; doubts are warnings that a person may overrule by name. */
#ifndef BT_VISIT_NIK_H
#define BT_VISIT_NIK_H

#include <stdbool.h>
#include <stdint.h>

enum nik_fault { NIK_OK, NIK_LENGTH, NIK_DAY, NIK_MONTH, NIK_SERIAL };

struct nik {
    int32_t district;     /* PPKKCC */
    int day, month, year; /* of birth; the century that is not in the future */
    bool female;          /* day + 40 */
};

/* `number`: digits only. `today_*`: the office's date. */
enum nik_fault nik_read(const char *number, int today_year, int today_month, int today_day,
                        struct nik *ret);
/* Whether the district code stands in the table (7,285 of Kepmendagri 300.2.2-2138/2025). Codes get
 * abolished and split, so an unknown one is a doubt, no fault. */
bool nik_district_known(int32_t district);
/* Full years between a birth date and today. */
int nik_age(int year, int month, int day, int today_year, int today_month, int today_day);

#endif
