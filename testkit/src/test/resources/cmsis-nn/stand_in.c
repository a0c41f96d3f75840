/* What CMSIS-NN's documentation says that its functions compute, as plainly as possible, for tests only. Arguments are
 * checked: dimensions that contradict each other, scratch memory that is too small. The scratch memory is written all over,
 * so that it shows when anything else lies there. Sizes of scratch memory are those of the core that it is compiled for. */
#include <arm_nnfunctions.h>

#include <string.h>

#if defined(__ARM_FEATURE_MVE)
#define STAND_IN_MVE
#elif defined(__ARM_FEATURE_DSP)
#define STAND_IN_DSP
#endif

static void must(int holds, const char *what) {
  (void)what;
  if (!holds) {
    __builtin_trap();
  }
}

static void scratch(const cmsis_nn_context *ctx, int32_t needed) {
  must(ctx->size >= needed, "the scratch memory is too small");
  must(needed == 0 || ctx->buf != NULL, "there is no scratch memory");
  if (needed > 0) {
    must(((uintptr_t)ctx->buf & 3u) == 0, "the scratch memory is not aligned");
    memset(ctx->buf, 0xEE, (size_t)ctx->size);
  }
}

static int32_t doubling_high(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * b;
  const int64_t nudge = product >= 0 ? (1LL << 30) : 1 - (1LL << 30);
  return a == b && a == INT32_MIN ? INT32_MAX : (int32_t)((product + nudge) / (1LL << 31));
}

static int32_t divide(int32_t value, int32_t exponent) {
  const int32_t mask = (int32_t)((1u << exponent) - 1u);
  const int32_t rest = value & mask;
  return (value >> exponent) + (rest > (mask >> 1) + (value < 0) ? 1 : 0);
}

static int32_t requantize(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  return divide(doubling_high((int32_t)((uint32_t)value << left), multiplier), left - shift);
}

static int8_t clamp(int32_t value, cmsis_nn_activation a) {
  return (int8_t)(value < a.min ? a.min : value > a.max ? a.max : value);
}

static int32_t at(const cmsis_nn_dims *d, int32_t n, int32_t y, int32_t x, int32_t c) {
  return ((n * d->h + y) * d->w + x) * d->c + c;
}

arm_cmsis_nn_status arm_convolve_wrapper_s8(const cmsis_nn_context *ctx, const cmsis_nn_conv_params *p,
                                            const cmsis_nn_per_channel_quant_params *q, const cmsis_nn_dims *in,
                                            const int8_t *x, const cmsis_nn_dims *f, const int8_t *w,
                                            const cmsis_nn_dims *b, const int32_t *bias, const cmsis_nn_dims *out,
                                            int8_t *y) {
  const int32_t taps = f->w * f->h * in->c;
  const int pointwise = f->w == 1 && f->h == 1 && p->padding.w == 0 && p->padding.h == 0 && p->dilation.w == 1 &&
                        p->dilation.h == 1;
#ifdef STAND_IN_MVE
  scratch(ctx, pointwise ? 0 : 4 * ((taps + 15) / 16) * 16);
#else
  scratch(ctx, pointwise ? 0 : 4 * ((taps + 3) / 4 * 4));
#endif
  must(f->c == in->c && f->n == out->c && b->c == out->c && in->n == out->n, "the dimensions of a convolution");
  for (int32_t n = 0; n < out->n; ++n) {
    for (int32_t oy = 0; oy < out->h; ++oy) {
      for (int32_t ox = 0; ox < out->w; ++ox) {
        for (int32_t oc = 0; oc < out->c; ++oc) {
          int32_t sum = bias ? bias[oc] : 0;
          for (int32_t ky = 0; ky < f->h; ++ky) {
            for (int32_t kx = 0; kx < f->w; ++kx) {
              const int32_t iy = oy * p->stride.h - p->padding.h + ky * p->dilation.h;
              const int32_t ix = ox * p->stride.w - p->padding.w + kx * p->dilation.w;
              for (int32_t c = 0; iy >= 0 && iy < in->h && ix >= 0 && ix < in->w && c < in->c; ++c) {
                sum += (x[at(in, n, iy, ix, c)] + p->input_offset) * w[at(f, oc, ky, kx, c)];
              }
            }
          }
          y[at(out, n, oy, ox, oc)] =
              clamp(requantize(sum, q->multiplier[oc], q->shift[oc]) + p->output_offset, p->activation);
        }
      }
    }
  }
  return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_depthwise_conv_wrapper_s8(const cmsis_nn_context *ctx, const cmsis_nn_dw_conv_params *p,
                                                  const cmsis_nn_per_channel_quant_params *q, const cmsis_nn_dims *in,
                                                  const int8_t *x, const cmsis_nn_dims *f, const int8_t *w,
                                                  const cmsis_nn_dims *b, const int32_t *bias,
                                                  const cmsis_nn_dims *out, int8_t *y) {
  int32_t needed = 0;
  if (in->c == out->c && in->n == 1 && p->dilation.w == 1 && p->dilation.h == 1) {
#if defined(STAND_IN_MVE)
    needed = 4 * 124 * f->w * f->h;
#elif defined(STAND_IN_DSP)
    needed = f->w == 3 && f->h == 3 && p->padding.w <= 1 && p->padding.h <= 1 ? 0 : 2 * in->c * f->w * f->h;
#endif
  }
  scratch(ctx, needed);
  must(f->c == out->c && in->c * p->ch_mult == out->c && b->c == out->c && f->n == 1 && in->n == out->n,
       "the dimensions of a depthwise convolution");
  for (int32_t n = 0; n < out->n; ++n) {
    for (int32_t oy = 0; oy < out->h; ++oy) {
      for (int32_t ox = 0; ox < out->w; ++ox) {
        for (int32_t oc = 0; oc < out->c; ++oc) {
          int32_t sum = bias ? bias[oc] : 0;
          for (int32_t ky = 0; ky < f->h; ++ky) {
            for (int32_t kx = 0; kx < f->w; ++kx) {
              const int32_t iy = oy * p->stride.h - p->padding.h + ky * p->dilation.h;
              const int32_t ix = ox * p->stride.w - p->padding.w + kx * p->dilation.w;
              if (iy >= 0 && iy < in->h && ix >= 0 && ix < in->w) {
                sum += (x[at(in, n, iy, ix, oc / p->ch_mult)] + p->input_offset) * w[at(f, 0, ky, kx, oc)];
              }
            }
          }
          y[at(out, n, oy, ox, oc)] =
              clamp(requantize(sum, q->multiplier[oc], q->shift[oc]) + p->output_offset, p->activation);
        }
      }
    }
  }
  return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_fully_connected_s8(const cmsis_nn_context *ctx, const cmsis_nn_fc_params *p,
                                           const cmsis_nn_per_tensor_quant_params *q, const cmsis_nn_dims *in,
                                           const int8_t *x, const cmsis_nn_dims *f, const int8_t *w,
                                           const cmsis_nn_dims *b, const int32_t *bias, const cmsis_nn_dims *out,
                                           int8_t *y) {
#ifdef STAND_IN_MVE
  must(0, "sums of the weights are wanted here");
#endif
  (void)ctx;
  must(f->n == in->h * in->w * in->c && f->c == out->c && b->c == out->c && in->n == out->n, "the dimensions of a matrix");
  for (int32_t row = 0; row < in->n; ++row) {
    for (int32_t oc = 0; oc < f->c; ++oc) {
      int32_t sum = bias ? bias[oc] : 0;
      for (int32_t i = 0; i < f->n; ++i) {
        sum += (x[row * f->n + i] + p->input_offset) * (w[oc * f->n + i] + p->filter_offset);
      }
      y[row * f->c + oc] = clamp(requantize(sum, q->multiplier, q->shift) + p->output_offset, p->activation);
    }
  }
  return ARM_CMSIS_NN_SUCCESS;
}

static void pool(int average, const cmsis_nn_pool_params *p, const cmsis_nn_dims *in, const int8_t *x,
                 const cmsis_nn_dims *f, const cmsis_nn_dims *out, int8_t *y) {
  must(in->c == out->c && in->n == out->n, "the dimensions of a pool");
  for (int32_t oy = 0; oy < out->h; ++oy) {
    for (int32_t ox = 0; ox < out->w; ++ox) {
      for (int32_t c = 0; c < out->c; ++c) {
        int32_t sum = 0;
        int32_t count = 0;
        int32_t largest = INT8_MIN;
        for (int32_t ky = 0; ky < f->h; ++ky) {
          for (int32_t kx = 0; kx < f->w; ++kx) {
            const int32_t iy = oy * p->stride.h - p->padding.h + ky;
            const int32_t ix = ox * p->stride.w - p->padding.w + kx;
            if (iy >= 0 && iy < in->h && ix >= 0 && ix < in->w) {
              const int8_t value = x[at(in, 0, iy, ix, c)];
              sum += value;
              count++;
              largest = value > largest ? value : largest;
            }
          }
        }
        must(count > 0, "a window outside of the image");
        const int32_t mean = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
        y[at(out, 0, oy, ox, c)] = clamp(average ? mean : largest, p->activation);
      }
    }
  }
}

arm_cmsis_nn_status arm_avgpool_s8(const cmsis_nn_context *ctx, const cmsis_nn_pool_params *p, const cmsis_nn_dims *in,
                                   const int8_t *x, const cmsis_nn_dims *f, const cmsis_nn_dims *out, int8_t *y) {
#ifndef STAND_IN_MVE
  scratch(ctx, 4 * in->c);
#else
  scratch(ctx, 0);
#endif
  pool(1, p, in, x, f, out, y);
  return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_max_pool_s8(const cmsis_nn_context *ctx, const cmsis_nn_pool_params *p, const cmsis_nn_dims *in,
                                    const int8_t *x, const cmsis_nn_dims *f, const cmsis_nn_dims *out, int8_t *y) {
  scratch(ctx, 0);
  pool(0, p, in, x, f, out, y);
  return ARM_CMSIS_NN_SUCCESS;
}

/* exp of a number of 5 integer bits that is not positive, without integer bits; gemmlowp's way, as the library. */
static int32_t exponential(int32_t value) {
  static const int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t quarter = 1 << 24;
  const int32_t masked = (value & (quarter - 1)) - quarter;
  const int32_t x = (int32_t)((uint32_t)masked << 5) + (1 << 28);
  const int32_t square = doubling_high(x, x);
  const int32_t tail =
      divide(doubling_high(divide(doubling_high(square, square), 2) + doubling_high(square, x), 715827883) + square, 1);
  int32_t result = 1895147668 + doubling_high(1895147668, x + tail);
  const int32_t rest = masked - value;
  for (int32_t bit = 0; bit < 7; ++bit) {
    if (rest & (1 << (24 + bit))) {
      result = doubling_high(result, factors[bit]);
    }
  }
  return value == 0 ? INT32_MAX : result;
}

static int32_t one_over_one_plus(int32_t value) {
  const int64_t sum = (int64_t)value + INT32_MAX;
  const int32_t half = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
  int32_t x = 1515870810 + doubling_high(half, -1010580540);
  for (int i = 0; i < 3; ++i) {
    x += (int32_t)((uint32_t)doubling_high(x, (1 << 29) - doubling_high(half, x)) << 2);
  }
  return (int32_t)((uint32_t)x << 1);
}

void arm_softmax_s8(const int8_t *input, const int32_t num_rows, const int32_t row_size, const int32_t mult,
                    const int32_t shift, const int32_t diff_min, int8_t *output) {
  for (int32_t row = 0; row < num_rows; ++row, input += row_size, output += row_size) {
    int32_t max = input[0];
    for (int32_t i = 1; i < row_size; ++i) {
      max = input[i] > max ? input[i] : max;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < row_size; ++i) {
      if (input[i] - max >= diff_min) {
        sum += divide(exponential(doubling_high((input[i] - max) * (1 << shift), mult)), 12);
      }
    }
    const int32_t headroom = __builtin_clz((unsigned)sum);
    const int32_t scale = one_over_one_plus(sum > 0 ? (int32_t)(((uint32_t)sum << headroom) - (1u << 31)) : 0);
    for (int32_t i = 0; i < row_size; ++i) {
      int32_t result = INT8_MIN;
      if (input[i] - max >= diff_min) {
        const int32_t e = exponential(doubling_high((input[i] - max) * (1 << shift), mult));
        const cmsis_nn_activation whole = {INT8_MIN, INT8_MAX};
        result = clamp(divide(doubling_high(scale, e), 12 - headroom + 23) + INT8_MIN, whole);
      }
      output[i] = (int8_t)result;
    }
  }
}

arm_cmsis_nn_status arm_elementwise_add_s8(const int8_t *a, const int8_t *b, const int32_t a_offset,
                                           const int32_t a_mult, const int32_t a_shift, const int32_t b_offset,
                                           const int32_t b_mult, const int32_t b_shift, const int32_t left_shift,
                                           int8_t *output, const int32_t out_offset, const int32_t out_mult,
                                           const int32_t out_shift, const int32_t min, const int32_t max,
                                           const int32_t block_size) {
  const cmsis_nn_activation range = {min, max};
  for (int32_t i = 0; i < block_size; ++i) {
    const int32_t left = requantize((a[i] + a_offset) * (1 << left_shift), a_mult, a_shift);
    const int32_t right = requantize((b[i] + b_offset) * (1 << left_shift), b_mult, b_shift);
    output[i] = clamp(requantize(left + right, out_mult, out_shift) + out_offset, range);
  }
  return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_elementwise_mul_s8(const int8_t *a, const int8_t *b, const int32_t a_offset,
                                           const int32_t b_offset, int8_t *output, const int32_t out_offset,
                                           const int32_t out_mult, const int32_t out_shift, const int32_t min,
                                           const int32_t max, const int32_t block_size) {
  const cmsis_nn_activation range = {min, max};
  for (int32_t i = 0; i < block_size; ++i) {
    output[i] = clamp(requantize((a[i] + a_offset) * (b[i] + b_offset), out_mult, out_shift) + out_offset, range);
  }
  return ARM_CMSIS_NN_SUCCESS;
}
