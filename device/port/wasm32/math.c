/* Functions of math.h for targets without a C library. Computed in double precision and rounded once, so that the error
 * is below 0.5001 units in the last place of a float; remainders and rounding are exact. No errno, no exceptions. */
#include "math.h"

#include <stdint.h>

static uint32_t bits_of(float x) {
  union {
    float value;
    uint32_t bits;
  } u = {.value = x};
  return u.bits;
}

/* 2^exponent for -1022 <= exponent <= 1023. */
static double power_of_two(int32_t exponent) {
  union {
    uint64_t bits;
    double value;
  } u = {.bits = (uint64_t)(exponent + 1023) << 52};
  return u.value;
}

float roundf(float x) {
  const float whole = __builtin_truncf(x);
  return __builtin_fabsf(x - whole) >= 0.5f ? whole + __builtin_copysignf(1.0f, x) : whole;
}

double round(double x) {
  const double whole = __builtin_trunc(x);
  return __builtin_fabs(x - whole) >= 0.5 ? whole + __builtin_copysign(1.0, x) : whole;
}

/* Long division: the remainder is exact at every step. */
float fmodf(float x, float y) {
  const float divisor = __builtin_fabsf(y);
  float rest = __builtin_fabsf(x);
  if (!(divisor > 0.0f) || !(rest < INFINITY)) {
    return (x * y) / (x * y);
  }
  while (rest >= divisor) {
    const int32_t apart = (int32_t)(bits_of(rest) >> 23) - (int32_t)(bits_of(divisor) >> 23);
    float part = divisor;
    if (apart > 0) {
      /* In two steps, for a divisor that is subnormal or a difference that no single power of two has. */
      part = (float)((double)divisor * power_of_two(apart));
      if (part > rest) {
        part = (float)((double)divisor * power_of_two(apart - 1));
      }
    }
    rest -= part;
  }
  return __builtin_copysignf(rest, x);
}

/* exp(r) - 1 for |r| <= 0.36: Taylor's series, whose next term is below 1e-17 of the first. */
static double small_expm1(double r) {
  double sum = 0.0;
  for (int32_t n = 14; n >= 1; --n) {
    sum = (sum + 1.0) * r / n;
  }
  return sum;
}

/* x without whole multiples of ln 2, of which *turns is the number; |x| <= 700. */
static double without_powers(double x, int32_t *turns) {
  const double whole = __builtin_rint(x * 1.4426950408889634);
  *turns = (int32_t)whole;
  /* ln 2 in two parts, the first with room for the bits of `whole`. */
  return (x - whole * 0.69314718036912382) - whole * 1.9082149292705877e-10;
}

/* exp(x) - 1, for |x| <= 700. */
static double double_expm1(double x) {
  if (__builtin_fabs(x) < 0.35) {
    return small_expm1(x);
  }
  int32_t turns;
  const double rest = without_powers(x, &turns);
  const double scale = power_of_two(turns);
  return scale * small_expm1(rest) + (scale - 1.0);
}

float expf(float x) {
  if (!(x < 89.0f)) {
    return x != x ? x : INFINITY;
  }
  if (x < -104.0f) {
    return 0.0f;
  }
  int32_t turns;
  const double rest = without_powers((double)x, &turns);
  return (float)(power_of_two(turns) * (1.0 + small_expm1(rest)));
}

float expm1f(float x) {
  if (!(x < 89.0f)) {
    return x != x ? x : INFINITY;
  }
  return x < -104.0f ? -1.0f : (x == 0.0f ? x : (float)double_expm1((double)x));
}

float tanhf(float x) {
  const float size = __builtin_fabsf(x);
  if (!(size < 10.0f)) {
    return x != x ? x : __builtin_copysignf(1.0f, x);
  }
  const double t = double_expm1(2.0 * (double)size);
  return __builtin_copysignf((float)(t / (t + 2.0)), x);
}

/* x = 2^exponent * m with m near 1; ln m = 2 artanh((m - 1) / (m + 1)). */
float logf(float x) {
  if (!(x > 0.0f) || !(x < INFINITY)) {
    return x == 0.0f ? -INFINITY : (x < 0.0f ? (x - x) / (x - x) : x);
  }
  union {
    double value;
    uint64_t bits;
  } u = {.value = (double)x};
  int32_t exponent = (int32_t)(u.bits >> 52) - 1023;
  u.bits = (u.bits & ((UINT64_C(1) << 52) - 1u)) | (UINT64_C(1023) << 52);
  if (u.value > 1.4142135623730951) {
    u.value *= 0.5;
    exponent += 1;
  }
  const double s = (u.value - 1.0) / (u.value + 1.0);
  const double square = s * s;
  double sum = 0.0;
  for (int32_t n = 21; n >= 1; n -= 2) {
    sum = sum * square + 1.0 / n;
  }
  return (float)(2.0 * s * sum + exponent * 0.6931471805599453);
}

/* 2 / pi, 32 bits to a word, the point before the first. */
static const uint32_t two_over_pi[] = {0xA2F9836Eu, 0x4E441529u, 0xFC2757D1u, 0xF534DDC0u,
                                       0xDB629599u, 0x3C439041u, 0xFE5163ABu, 0xDEBBC561u};

/* 64 bits of 2 / pi from bit `first` on, counted behind the point; bits before it are 0. */
static uint64_t two_over_pi_bits(int32_t first) {
  uint64_t bits = 0;
  for (int32_t i = 0; i < 64; ++i) {
    const int32_t at = first + i;
    const uint32_t bit = at < 0 ? 0u : (two_over_pi[at / 32] >> (31 - at % 32)) & 1u;
    bits = (bits << 1) | bit;
  }
  return bits;
}

/* The angle without whole quarters of a turn, -pi/4 to pi/4; *quarter is their number modulo 4. */
static double reduced_angle(float x, uint32_t *quarter) {
  if (__builtin_fabsf(x) < 1.0e5f) {
    const double quarters = __builtin_rint((double)x * 0.63661977236758134);
    *quarter = (uint32_t)(int32_t)quarters;
    /* pi/2 in three parts: products of the first two with `quarters` are exact. */
    return (((double)x - quarters * 1.5707963267341256) - quarters * 6.0771005063039e-11) -
           quarters * 2.0222662487959506e-21;
  }
  /* x = mantissa * 2^exponent. Of the product with 2/pi whole multiples of 4 do not matter: bits of 2/pi from
   * 2 - exponent - 24 on are enough, 24 of them for the mantissa's size. */
  const uint32_t bits = bits_of(x);
  const uint64_t mantissa = (bits & 0x7FFFFFu) | 0x800000u;
  const int32_t exponent = (int32_t)((bits >> 23) & 0xFFu) - 150;
  const int32_t first = exponent - 2;
  /* The product modulo 4, in units of 2^-62, then with the 64 bits behind. */
  const uint64_t high = mantissa * two_over_pi_bits(first);
  const uint64_t low = (mantissa * (two_over_pi_bits(first + 64) >> 32)) >> 32;
  const uint64_t product = high + low;
  const uint64_t rounded = product + (UINT64_C(1) << 61);
  const int64_t fraction = (int64_t)(product - (rounded & ~((UINT64_C(1) << 62) - 1u)));
  const double angle = (double)fraction * 0x1p-62 * 1.5707963267948966;
  *quarter = (uint32_t)(rounded >> 62);
  if (x < 0.0f) {
    *quarter = 0u - *quarter;
    return -angle;
  }
  return angle;
}

static double small_sine(double x) {
  double sum = 0.0;
  for (int32_t n = 17; n >= 3; n -= 2) {
    sum = (1.0 + sum) * (-x * x / (double)(n * (n - 1)));
  }
  return x + x * sum;
}

static double small_cosine(double x) {
  double sum = 0.0;
  for (int32_t n = 16; n >= 2; n -= 2) {
    sum = (1.0 + sum) * (-x * x / (double)(n * (n - 1)));
  }
  return 1.0 + sum;
}

/* Sine of `quarter` quarters of a turn and `angle`. */
static float sine(uint32_t quarter, double angle) {
  const double size = (quarter & 1u) != 0u ? small_cosine(angle) : small_sine(angle);
  return (float)((quarter & 2u) != 0u ? -size : size);
}

float sinf(float x) {
  if (!(__builtin_fabsf(x) < INFINITY)) {
    return x - x;
  }
  uint32_t quarter;
  const double angle = reduced_angle(x, &quarter);
  return x == 0.0f ? x : sine(quarter, angle);
}

float cosf(float x) {
  if (!(__builtin_fabsf(x) < INFINITY)) {
    return x - x;
  }
  uint32_t quarter;
  const double angle = reduced_angle(x, &quarter);
  return sine(quarter + 1u, angle);
}
