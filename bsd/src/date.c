/* date.c: moments as dates, also those before 1970, and back. */
#include "guest.h"

#include <stdio.h>
#include <time.h>

#define SECONDS_PER_DAY 86400
#define DAYS_PER_400_YEARS 146097

/* --- From seconds ------------------------------------------------------------ */

static long long floor_of(long long number, long long divisor)
{
    long long quotient = number / divisor;
    return number % divisor < 0 ? quotient - 1 : quotient;
}

/* Days since 1970-01-01.  Years are counted from March on here, so that a leap day
 * is the last of its year. */
static long long days_of(long long year, int month, int day)
{
    year -= month < 2;
    long long era = floor_of(year, 400);
    long long of_era = year - era * 400;
    long long of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
    long long days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * DAYS_PER_400_YEARS + days - 719468;
}

static void set_day(long long days, struct tm *date)
{
    long long shifted = days + 719468;
    long long era = floor_of(shifted, DAYS_PER_400_YEARS);
    long long of_era = shifted - era * DAYS_PER_400_YEARS;
    long long years =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long long of_year = of_era - (365 * years + years / 4 - years / 100);
    int month = (int)((5 * of_year + 2) / 153); /* 0 is March */
    date->tm_mday = (int)(of_year - (153 * month + 2) / 5 + 1);
    date->tm_mon = (month + 2) % 12;
    long long year = era * 400 + years + (date->tm_mon < 2);
    date->tm_year = (int)(year - 1900);
    date->tm_yday = (int)(days - days_of(year, 0, 1));
    date->tm_wday = (int)((days % 7 + 11) % 7);
}

struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict date)
{
    long long days = floor_of(*time, SECONDS_PER_DAY);
    int seconds = (int)(*time - days * SECONDS_PER_DAY);
    if (days > 365LL * INT32_MAX || days < 365LL * INT32_MIN) {
        errno = EOVERFLOW;
        return NULL;
    }
    set_day(days, date);
    date->tm_hour = seconds / 3600;
    date->tm_min = seconds / 60 % 60;
    date->tm_sec = seconds % 60;
    date->tm_isdst = 0;
    return date;
}

/* The C runtime knows what is local from 1970 on.  Dates come again after 400 years,
 * days of the week too. */
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict date)
{
    __time64_t later = *time;
    int years = 0;
    for (; later < SECONDS_PER_DAY; years += 400)
        later += DAYS_PER_400_YEARS * (long long)SECONDS_PER_DAY;
    struct tm *local = _localtime64(&later);
    if (local == NULL) {
        errno = EOVERFLOW;
        return NULL;
    }
    *date = *local;
    date->tm_year -= years;
    return date;
}

struct tm *gmtime(const time_t *time)
{
    static _Thread_local struct tm date;
    return gmtime_r(time, &date);
}

struct tm *localtime(const time_t *time)
{
    static _Thread_local struct tm date;
    return localtime_r(time, &date);
}

/* --- To seconds -------------------------------------------------------------- */

time_t timegm(struct tm *date)
{
    long long months = date->tm_year * 12LL + date->tm_mon;
    long long years = floor_of(months, 12);
    long long days = days_of(years + 1900, (int)(months - years * 12), 1) +
                     date->tm_mday - 1;
    time_t time = (time_t)(days * SECONDS_PER_DAY + date->tm_hour * 3600LL +
                           date->tm_min * 60LL + date->tm_sec);
    return gmtime_r(&time, date) != NULL ? time : (time_t)-1;
}

time_t timelocal(struct tm *date)
{
    return mktime(date);
}

/* --- In words ---------------------------------------------------------------- */

char *asctime_r(const struct tm *restrict date, char *restrict text)
{
    static const char days[] = "SunMonTueWedThuFriSat???";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec???";
    unsigned day = (unsigned)date->tm_wday < 7 ? (unsigned)date->tm_wday : 7;
    unsigned month = (unsigned)date->tm_mon < 12 ? (unsigned)date->tm_mon : 12;
    int length = __mingw_snprintf(text, 26, "%.3s %.3s%3d %.2d:%.2d:%.2d %d\n",
                                  &days[day * 3], &months[month * 3],
                                  date->tm_mday, date->tm_hour, date->tm_min,
                                  date->tm_sec, 1900 + date->tm_year);
    if (length < 26)
        return text;
    errno = EOVERFLOW;
    return NULL;
}

char *ctime_r(const time_t *time, char *text)
{
    struct tm date;
    return localtime_r(time, &date) != NULL ? asctime_r(&date, text) : NULL;
}

char *asctime(const struct tm *date)
{
    static char text[26];
    return asctime_r(date, text);
}

char *ctime(const time_t *time)
{
    struct tm date;
    return localtime_r(time, &date) != NULL ? asctime(&date) : NULL;
}
