#include "armv7em/matrix_3x2_s8.h"
#include "armv7em/widen.h"

/* 1x1 convolution, stride 1, of int8 pixels. */
typedef struct {
  int32_t pixels;     /* of all batches */
  int32_t depth;      /* input channels */
  int32_t channels;   /* output channels */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_pointwise_s8_t;

/* columns: 6 bytes of scratch for every input channel, rounded up to four channels; 2 more where there is something
 * to round. Three input pixels are read before their outputs are written. What lies behind a pixel of a ragged depth
 * meets weights of zero; the last pixels are copied lest anything behind the tensor be read. */
MOTE_KERNEL void mote_dsp_pointwise(const mote_dsp_pointwise_s8_t *p, const int8_t *x,
                                    const int32_t *stream, int8_t *y, uint32_t *columns,
                                    int32_t step_bytes,
                                    void (*product)(const mote_matrix_3x2_t *, const int32_t *)) {
  const int32_t depth = p->depth;
  const int32_t channels = p->channels;
  const int32_t words = (depth + 3) >> 2;
  const int32_t gaps[3] = {0, 0, 0};
  int32_t prepared = 0;
  mote_matrix_3x2_t m;
  m.columns = columns;
  m.zero = p->zero;
  m.low = p->output_min;
  m.high = p->output_max;
  m.y = y;
  for (int32_t pixels = p->pixels; pixels > 0; pixels -= 3) {
    const int32_t count = pixels < 3 ? pixels : 3;
    int32_t step = depth;
    if (count != prepared) {
      mote_matrix_3x2_prepare(&m, words, count, channels, step_bytes);
      prepared = count;
    }
    if ((depth & 3) != 0 && pixels <= 3) {
      int8_t *const copy = (int8_t *)(columns + 5 * words);
      step = 4 * words;
      for (int32_t i = 0; i < count; i++) {
        mote_copy_values(x + i * depth, depth, copy + i * step);
      }
      x = copy;
    }
    const int8_t *const x1 = count > 1 ? x + step : x;
    const int8_t *const rows[3] = {x, x1, count > 2 ? x1 + step : x1};
    mote_widen_3(rows, columns, words, 1, gaps);
    m.end = m.y + channels;
    product(&m, stream);
    m.y += 3 * channels;
    x += 3 * depth;
  }
}

#define MOTE_DSP_POINTWISE(name, step_bytes, product)                                          \
  MOTE_SHARED void name(const mote_dsp_pointwise_s8_t *p, const int8_t *x, const int32_t *stream, \
                        int8_t *y, uint32_t *columns) {                                        \
    mote_dsp_pointwise(p, x, stream, y, columns, step_bytes, product);                         \
  }

typedef mote_dsp_pointwise_s8_t mote_dsp_pointwise_relu_s8_t;
typedef mote_dsp_pointwise_s8_t mote_dsp_pointwise_clamp_s8_t;
typedef mote_dsp_pointwise_s8_t mote_dsp_pointwise_wide_s8_t;
typedef mote_dsp_pointwise_s8_t mote_dsp_pointwise_s4_t;

MOTE_DSP_POINTWISE(mote_dsp_pointwise_s8, 0, mote_matrix_3x2)
MOTE_DSP_POINTWISE(mote_dsp_pointwise_relu_s8, 0, mote_matrix_3x2_relu)
MOTE_DSP_POINTWISE(mote_dsp_pointwise_clamp_s8, 0, mote_matrix_3x2_clamp)
MOTE_DSP_POINTWISE(mote_dsp_pointwise_wide_s8, MOTE_MATRIX_3X2_WIDE_STEP_BYTES, mote_matrix_3x2_wide)
MOTE_DSP_POINTWISE(mote_dsp_pointwise_s4, MOTE_MATRIX_3X2_S4_STEP_BYTES, mote_matrix_3x2_s4)
