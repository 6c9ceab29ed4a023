/* Reading a NIK. Pure. See nik.h. */
#include "features/visit/nik.h"

#include <stdlib.h>
#include <string.h>

#include "features/visit/districts.h" /* generated from the npm package idn-area-data */
#include "lib/base/banned.h"

static int two_digits(const char *s)
{
    return (s[0] - '0') * 10 + (s[1] - '0');
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

enum nik_fault nik_read(const char *number, int today_year, int today_month, int today_day,
                        struct nik *ret)
{
    if (strlen(number) != 16)
        return NIK_LENGTH;
    int day = two_digits(number + 6);
    int month = two_digits(number + 8);
    bool female = day > 40;
    if (female)
        day -= 40;
    if (day < 1 || day > 31)
        return NIK_DAY;
    if (month < 1 || month > 12)
        return NIK_MONTH;
    int year = today_year / 100 * 100 + two_digits(number + 10);
    bool future = year > today_year ||
                  (year == today_year &&
                   (month > today_month || (month == today_month && day > today_day)));
    if (future)
        year -= 100;
    if (day > days_in_month(year, month))
        return NIK_DAY;
    if (strcmp(number + 12, "0000") == 0)
        return NIK_SERIAL;
    int32_t district = 0;
    for (int i = 0; i < 6; i++)
        district = district * 10 + (number[i] - '0');
    *ret = (struct nik){
        .district = district, .day = day, .month = month, .year = year, .female = female};
    return NIK_OK;
}

static int compare_district(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

bool nik_district_known(int32_t district)
{
    return bsearch(&district, districts, districts_count, sizeof(districts[0]), compare_district) !=
           NULL;
}

int nik_age(int year, int month, int day, int today_year, int today_month, int today_day)
{
    int age = today_year - year;
    if (today_month < month || (today_month == month && today_day < day))
        age--;
    return age;
}
