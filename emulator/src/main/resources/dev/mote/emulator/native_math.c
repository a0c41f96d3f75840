/* The mathematical functions that models call, for native payloads: those of the C libraries have tables at fixed addresses,
 * or a variable for errors. Here constants stand in the code, results are within two and a half units in the last place,
 * and errors have no side effect.
 *
 * Exponential and logarithm: the argument is reduced to an interval around 0 by a multiple of log(2), whose high part has
 * so few bits that products with it are exact; then a polynomial, fitted by weighted least squares to a minimax error
 * below 1e-8. See J.-M. Muller, "Elementary Functions", 3rd edition, chapters 4 and 11. */
#include "native_math.h"

/* Rounding goes by the bits: what is added to them carries into the exponent as it should. */
static int32_t exponent_of(uint32_t bits) { return (int32_t)(bits >> 23 & 0xffu) - 127; }

float floorf(float x) {
  uint32_t bits = bits_of(x);
  const int32_t exponent = exponent_of(bits);
  if (exponent >= 23) {
    return x;
  }
  const uint32_t negative = bits >> 31;
  if (exponent < 0) {
    return negative != 0 && (bits << 1) != 0 ? -1.0f : float_of(bits & 0x80000000u);
  }
  const uint32_t rest = 0x7fffffu >> exponent;
  bits += negative != 0 ? rest : 0;
  return float_of(bits & ~rest);
}

float ceilf(float x) { return -floorf(-x); }

float roundf(float x) {
  const uint32_t bits = bits_of(x);
  const int32_t exponent = exponent_of(bits);
  if (exponent >= 23) {
    return x;
  }
  if (exponent < 0) {
    return float_of((bits & 0x80000000u) | (exponent == -1 ? 0x3f800000u : 0));
  }
  return float_of((bits + (0x400000u >> exponent)) & ~(0x7fffffu >> exponent));
}

float rintf(float x) {
  const uint32_t bits = bits_of(x);
  const int32_t exponent = exponent_of(bits);
  if (exponent >= 23) {
    return x;
  }
  if (exponent < 0) {
    return float_of((bits & 0x80000000u) | ((bits & 0x7fffffffu) > 0x3f000000u ? 0x3f800000u : 0));
  }
  const uint32_t odd = bits >> (23 - exponent) & 1u;
  return float_of((bits + (0x3fffffu >> exponent) + odd) & ~(0x7fffffu >> exponent));
}

double floor(double x) {
  if (!(x > -4503599627370496.0 && x < 4503599627370496.0) || x == 0.0) {
    return x;
  }
  const double down = (double)(int64_t)x;
  return down > x ? down - 1.0 : down;
}

double round(double x) {
  if (!(x > -4503599627370496.0 && x < 4503599627370496.0) || x == 0.0) {
    return x;
  }
  const double towards_zero = (double)(int64_t)x;
  const double rest = x - towards_zero;
  return rest >= 0.5 ? towards_zero + 1.0 : (rest <= -0.5 ? towards_zero - 1.0 : towards_zero);
}

/* One bit of the root after the other: exact, rounded to nearest. */
float sqrtf(float x) {
  uint32_t bits = bits_of(x);
  if (x == 0.0f || bits > 0x7f800000u) {
    return x == 0.0f || (bits & 0x7fffffffu) > 0x7f800000u ? x : float_of(0x7fc00000u);
  }
  if (bits == 0x7f800000u) {
    return x;
  }
  int32_t exponent = (int32_t)(bits >> 23);
  uint32_t mantissa = bits & 0x7fffffu;
  if (exponent == 0) {
    exponent = 1;
    while ((mantissa & 0x800000u) == 0) {
      mantissa <<= 1;
      exponent--;
    }
  }
  mantissa |= 0x800000u;
  exponent -= 127;
  if ((exponent & 1) != 0) {
    mantissa <<= 1;
    exponent--;
  }
  uint32_t root = 0;
  uint32_t rest = 0;
  for (int32_t i = 0; i < 25; i++) {
    rest = rest << 2 | (mantissa >> 23 & 3u);
    mantissa = (mantissa << 2) & 0x1ffffffu;
    const uint32_t trial = root << 2 | 1u;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1u;
    }
  }
  return float_of(((uint32_t)(exponent / 2 + 126) << 23) + ((root + 1u) >> 1));
}

/* x = n * log(2) + result, |result| <= log(2) / 2. */
static float reduce(float x, int32_t *n) {
  const float count = rintf(x * 1.44269504f);
  *n = (int32_t)count;
  return (x - count * 0.693359375f) - count * -2.12194440e-4f;
}

/* exp(r) - 1 on the interval of reduce. */
static float exponential_less_one(float r) {
  const float tail =
      0.5f + r * (0.16666573f + r * (0.04166607f + r * (0.00836376f + r * 0.00139659f)));
  return r + r * r * tail;
}

float expf(float x) {
  if (x != x) {
    return x;
  }
  if (x > 88.8f) {
    return float_of(0x7f800000u);
  }
  if (x < -104.0f) {
    return 0.0f;
  }
  int32_t n;
  const float value = 1.0f + exponential_less_one(reduce(x, &n));
  const int32_t half = n / 2; /* in two steps: the result may be subnormal */
  return value * power_of_two(half) * power_of_two(n - half);
}

float expm1f(float x) {
  if (x != x || magnitude(x) < 1e-8f) {
    return x;
  }
  if (x < -18.0f) {
    return -1.0f;
  }
  if (x > 40.0f) {
    return expf(x);
  }
  int32_t n;
  const float rest = exponential_less_one(reduce(x, &n));
  const float scale = power_of_two(n);
  return scale * rest + (scale - 1.0f);
}

float tanhf(float x) {
  const float size = magnitude(x);
  if (x != x || size < 1e-4f) {
    return x;
  }
  if (size > 9.5f) {
    return with_sign_of(1.0f, x);
  }
  const float less_one = expm1f(2.0f * size);
  return with_sign_of(less_one / (less_one + 2.0f), x);
}

float logf(float x) {
  uint32_t bits = bits_of(x);
  if (x == 0.0f) {
    return float_of(0xff800000u);
  }
  if (x != x || bits == 0x7f800000u) {
    return x;
  }
  if ((bits & 0x80000000u) != 0) {
    return float_of(0x7fc00000u);
  }
  int32_t exponent = 0;
  if (bits < 0x800000u) {
    bits = bits_of(x * WHOLE);
    exponent = -23;
  }
  /* x = 2^exponent * (1 + f), with 1 + f from sqrt(1/2) to sqrt(2) */
  bits += 0x3f800000u - 0x3f3504f3u;
  exponent += (int32_t)(bits >> 23) - 127;
  const float f = float_of((bits & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float series = z * (0.66666667f + z * (0.40000124f + z * (0.28550613f + z * 0.2333518f)));
  const float half_square = 0.5f * f * f;
  const float count = (float)exponent;
  return count * 0.693359375f - ((half_square - (s * (half_square + series) + count * -2.12194440e-4f)) - f);
}

/* x less a multiple of pi/2, between -pi/4 and pi/4; and the multiple modulo 4. */
static float quadrant(float x, uint32_t *multiple) {
  const float size = magnitude(x);
  double rest;
  if (size < 1e5f) {
    const int32_t n = (int32_t)(size * 0.636619772f + 0.5f);
    rest = ((double)size - n * 1.57079632673412561417e+00) - n * 6.07710050650619224932e-11;
    *multiple = (uint32_t)n;
  } else {
    /* The bits of 2/pi that matter, times the mantissa: M. Payne, R. Hanek, "Radian reduction for trigonometric
     * functions", 1983. */
    static const uint32_t two_over_pi[7] = {0,           0xa2f9836eu, 0x4e441529u, 0xfc2757d1u,
                                            0xf534ddc0u, 0xdb629599u, 0x3c439041u};
    const uint32_t mantissa = (bits_of(size) & 0x7fffffu) | 0x800000u;
    const uint32_t shift = (bits_of(size) >> 23) - 150u + 32u - 2u; /* bits before the ones that are kept */
    const uint32_t word = shift / 32u;
    const uint32_t bit = shift % 32u;
    uint32_t window[3];
    for (uint32_t i = 0; i < 3; i++) {
      const uint64_t pair = (uint64_t)two_over_pi[word + i] << 32 | two_over_pi[word + i + 1u];
      window[i] = (uint32_t)(pair >> (32u - bit));
    }
    /* In quarter turns, as a fixed point number whose top two bits are the multiple. */
    uint64_t turns = (uint64_t)(window[0] * mantissa) << 32;
    turns += (uint64_t)window[1] * mantissa;
    turns += (uint64_t)window[2] * mantissa >> 32;
    const uint64_t rounded = turns + (UINT64_C(1) << 61);
    *multiple = (uint32_t)(rounded >> 62);
    rest = (double)(int64_t)(turns - ((rounded >> 62) << 62)) * 3.40612158008655459168e-19; /* pi/2 / 2^62 */
  }
  if ((bits_of(x) & 0x80000000u) != 0) {
    *multiple = 0u - *multiple;
    rest = -rest;
  }
  return (float)rest;
}

static float sine_or_cosine(float x, uint32_t turns) {
  if (!(magnitude(x) < float_of(0x7f800000u))) {
    return float_of(0x7fc00000u);
  }
  uint32_t multiple;
  const float r = quadrant(x, &multiple);
  const float z = r * r;
  multiple += turns;
  const float value = (multiple & 1u) == 0
                          ? r + r * z * (-0.16666665f + z * (0.00833274f + z * -0.00019586f))
                          : 1.0f - (0.5f * z - z * z * (0.0416666646f + z * (-0.00138882929f + z * 2.45456754e-5f)));
  return (multiple & 2u) == 0 ? value : -value;
}

float sinf(float x) { return x == 0.0f ? x : sine_or_cosine(x, 0); }

float cosf(float x) { return sine_or_cosine(x, 1); }
