#include "armv7em/matrix_2x2_s8.h"
#include "armv7em/widen.h"

/* 1x1 convolution, stride 1, of int8 pixels. */
typedef struct {
  int32_t pixels;     /* of all batches */
  int32_t depth;      /* input channels, a multiple of 4 */
  int32_t channels;   /* output channels */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_pointwise_s8_t;

/* columns: 4 * depth bytes of scratch. Two input pixels are read before their outputs are written. */
MOTE_KERNEL void mote_dsp_pointwise(const mote_dsp_pointwise_s8_t *p, const int8_t *x,
                                    const int32_t *stream, int8_t *y, uint32_t *columns,
                                    int32_t clamps) {
  const int32_t depth = p->depth;
  const int32_t channels = p->channels;
  int32_t pixels = p->pixels;
  mote_matrix_2x2_t m = {columns, stream, y, y, 0, 0, p->zero, p->output_min, p->output_max};
  mote_matrix_2x2_depth(&m, depth >> 2);
  do {
    const int32_t second = pixels > 1 ? 1 : 0;
    mote_widen_column(x, depth, columns);
    mote_widen_column(x + second * depth, depth, columns + 2);
    m.y0 = y;
    m.y1 = y + second * channels;
    mote_matrix_2x2(&m, clamps);
    x += 2 * depth;
    y += 2 * channels;
    pixels -= 2;
  } while (pixels > 0);
}

/* The clamp is the range of int8. */
MOTE_SHARED void mote_dsp_pointwise_s8(const mote_dsp_pointwise_s8_t *p, const int8_t *x,
                                       const int32_t *stream, int8_t *y, uint32_t *columns) {
  mote_dsp_pointwise(p, x, stream, y, columns, 0);
}

typedef mote_dsp_pointwise_s8_t mote_dsp_pointwise_clamp_s8_t;

/* Any clamp. */
MOTE_SHARED void mote_dsp_pointwise_clamp_s8(const mote_dsp_pointwise_s8_t *p, const int8_t *x,
                                             const int32_t *stream, int8_t *y, uint32_t *columns) {
  mote_dsp_pointwise(p, x, stream, y, columns, 1);
}
