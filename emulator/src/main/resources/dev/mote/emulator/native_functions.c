/* The functions of native_math.c that few models call; the same holds for them. */
#include "native_math.h"

float log1pf(float x) {
  const float sum = 1.0f + x;
  /* What rounding took from the sum goes into the factor: W. Kahan, HP-15C Advanced Functions Handbook, 1982. */
  return sum == 1.0f || sum - 1.0f == x ? (sum == 1.0f ? x : logf(sum)) : logf(sum) * (x / (sum - 1.0f));
}

/* Leaves the mantissa of a float above 0 with its top bit set; gives the exponent that belongs to it. */
static int32_t take_exponent(uint32_t *bits) {
  int32_t exponent = (int32_t)(*bits >> 23);
  if (exponent > 0) {
    *bits = (*bits & 0x7fffffu) | 0x800000u;
    return exponent;
  }
  for (exponent = 1; *bits < 0x800000u; exponent--) {
    *bits <<= 1;
  }
  return exponent;
}

/* Long division: the remainder is exact at every step. */
float fmodf(float x, float y) {
  uint32_t rest = bits_of(x) & 0x7fffffffu;
  uint32_t divisor = bits_of(y) & 0x7fffffffu;
  if (divisor == 0 || divisor > 0x7f800000u || rest >= 0x7f800000u) {
    return float_of(0x7fc00000u);
  }
  if (rest < divisor) {
    return x;
  }
  const int32_t high = take_exponent(&rest);
  int32_t low = take_exponent(&divisor);
  for (int32_t place = high; place > low; place--) {
    rest -= rest >= divisor ? divisor : 0;
    rest <<= 1;
  }
  rest -= rest >= divisor ? divisor : 0;
  while (rest != 0 && rest < 0x800000u) {
    rest <<= 1;
    low--;
  }
  const uint32_t bits = low > 0 ? (rest & 0x7fffffu) | (uint32_t)low << 23 : rest >> (1 - low);
  return with_sign_of(float_of(rest == 0 ? 0 : bits), x);
}

static double double_power_of_two(int32_t exponent) {
  const union {
    uint64_t bits;
    double value;
  } u = {.bits = (uint64_t)(exponent + 1023) << 52};
  return u.value;
}

/* x > 0, to 40 bits. */
static double long_log(float x) {
  int32_t exponent = 0;
  if (x < power_of_two(-126)) {
    x *= WHOLE;
    exponent = -23;
  }
  const uint32_t bits = bits_of(x) + 0x3f800000u - 0x3f3504f3u;
  exponent += (int32_t)(bits >> 23) - 127;
  const double f = (double)float_of((bits & 0x7fffffu) + 0x3f3504f3u) - 1.0;
  const double s = f / (2.0 + f);
  double series = 0.0;
  for (int32_t k = 17; k >= 1; k -= 2) {
    series = series * s * s + 2.0 / k;
  }
  return exponent * 0.69314718055994530942 + s * series;
}

/* To 40 bits; what is beyond a float is infinite or 0. */
static double long_exp(double x) {
  if (x > 90.0 || x < -110.0) {
    return x > 0.0 ? double_power_of_two(200) : 0.0;
  }
  const double n = floor(x * 1.44269504088896340736 + 0.5);
  const double r = x - n * 0.69314718055994530942;
  double series = 1.0;
  for (int32_t k = 11; k >= 1; k--) {
    series = 1.0 + series * r / k;
  }
  return series * double_power_of_two((int32_t)n);
}

float powf(float x, float y) {
  if (y == 0.0f || x == 1.0f) {
    return 1.0f;
  }
  if (x != x || y != y) {
    return float_of(0x7fc00000u);
  }
  const float size = magnitude(x);
  const float infinite = float_of(0x7f800000u);
  const int32_t odd = magnitude(y) < 2.0f * WHOLE && floorf(y) == y && fmodf(y, 2.0f) != 0.0f;
  if (x < 0.0f && size < infinite && floorf(y) != y) {
    return float_of(0x7fc00000u);
  }
  float value;
  if (size == 1.0f) {
    value = 1.0f;
  } else if (size == 0.0f || size == infinite || magnitude(y) == infinite) {
    value = (size > 1.0f) == (y > 0.0f) ? infinite : 0.0f;
  } else {
    value = (float)long_exp((double)y * long_log(size));
  }
  return odd != 0 ? with_sign_of(value, x) : value;
}

float erff(float x) {
  const float size = magnitude(x);
  if (x != x || size >= 4.0f) {
    return x != x ? x : with_sign_of(1.0f, x);
  }
  if (size < 1.0f) {
    const float z = x * x;
    const float tail = 0.11283783f + z * (-0.026865469f + z * (0.0052211424f + z * (-0.00084857066f +
                       z * (0.0001127781f + z * -9.7009551e-6f))));
    return x * (1.1283792f + z * (-0.37612639f + z * tail));
  }
  /* The rest to 1 is exp(-x * x) times a function that hardly bends. */
  const float t = (size - 2.0f) / (size + 2.0f);
  const float tail =
      0.0037332213f + t * (0.0069996171f + t * (-0.00084778761f + t * (-0.0010275525f + t * -0.00010885928f)));
  const float factor = 0.25539568f + t * (-0.42718585f + t * (0.24165819f + t * (-0.078978585f + t * tail)));
  return with_sign_of(1.0f - expf(-size * size) * factor, x);
}

float atanf(float x) {
  const float size = magnitude(x);
  if (x != x) {
    return x;
  }
  const float inner = size > 2.4142137f ? -1.0f / size : (size > 0.41421357f ? (size - 1.0f) / (size + 1.0f) : size);
  const float start = size > 2.4142137f ? 1.57079633f : (size > 0.41421357f ? 0.785398163f : 0.0f);
  const float z = inner * inner;
  const float series =
      inner * z * (-0.33333332f + z * (0.19999583f + z * (-0.14265242f + z * (0.10755855f + z * -0.064874295f))));
  return with_sign_of(start + (inner + series), x);
}

/* asin(x) for |x| <= 1/2, z being its square. */
static float short_asin(float x, float z) {
  return x + x * z * (0.16666666f + z * (0.07500106f + z * (0.044594614f + z * (0.031159499f + z * (0.016867484f +
             z * 0.034154296f)))));
}

float asinf(float x) {
  const float size = magnitude(x);
  if (!(size <= 1.0f)) {
    return float_of(0x7fc00000u);
  }
  if (size <= 0.5f) {
    return short_asin(x, x * x);
  }
  const float z = (1.0f - size) * 0.5f;
  return with_sign_of(1.57079633f - 2.0f * short_asin(sqrtf(z), z), x);
}

float acosf(float x) {
  const float size = magnitude(x);
  if (!(size <= 1.0f)) {
    return float_of(0x7fc00000u);
  }
  if (size <= 0.5f) {
    return 1.57079633f - short_asin(x, x * x);
  }
  const float z = (1.0f - size) * 0.5f;
  const float angle = 2.0f * short_asin(sqrtf(z), z);
  return x > 0.0f ? angle : 3.14159265f - angle;
}
