#include "armv81m/matrix_2x4_s8.h"

/* 1x1 convolution, stride 1, of int8 pixels, and matrix products of several rows. While two pixels' outputs are written, these
 * pixels are still read, unless there is scratch memory for a copy of them. */
typedef struct {
  int32_t pixels;     /* of all batches */
  int32_t depth;      /* input channels */
  int32_t channels;   /* output channels */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_mve_pointwise_s8_t;

MOTE_SHARED void mote_mve_pointwise(const mote_mve_pointwise_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                    int8_t *copy, void (*multiply)(const mote_matrix_2x4_t *m)) {
  const int32_t depth = p->depth;
  const int32_t channels = p->channels;
  const int32_t steps = depth >> 4;
  const int32_t pairs = p->pixels >> 1;
  const int8_t *const first = copy != NULL ? copy : x;
  mote_matrix_2x4_t m = {.x0 = first,
                         .x1 = first + depth,
                         .stream = stream,
                         .y = y,
                         .y_step = channels,
                         .y_gap = 2 * channels - ((channels + 3) & -4),
                         .channels = channels,
                         .pairs = pairs,
                         .x_step = copy != NULL ? 0 : 2 * depth,
                         .x0_end = first + 16 * steps,
                         .row_gap = 0,
                         .steps = steps,
                         .tail = depth & 15,
                         .zero = p->zero,
                         .low = p->output_min,
                         .high = p->output_max,
                         .source = x,
                         .copied = copy != NULL ? 2 * depth : 0};
  if (pairs > 0) {
    multiply(&m);
  }
  if ((p->pixels & 1) != 0) {
    m.source = x + 2 * pairs * depth;
    m.copied = copy != NULL ? depth : 0;
    m.x0 = copy != NULL ? copy : m.source;
    m.x1 = m.x0;
    m.x0_end = m.x0 + 16 * steps;
    m.y = y + 2 * pairs * channels;
    m.y_step = 0;
    m.pairs = 1;
    multiply(&m);
  }
}

/* copy: scratch for two pixels, or null. */
MOTE_SHARED void mote_mve_pointwise_s8(const mote_mve_pointwise_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                       int8_t *copy) {
  mote_mve_pointwise(p, x, stream, y, copy, mote_matrix_2x4_s8);
}

typedef mote_mve_pointwise_s8_t mote_mve_pointwise_relu_s8_t;

/* The clamp starts at or above the zero point. */
MOTE_SHARED void mote_mve_pointwise_relu_s8(const mote_mve_pointwise_s8_t *p, const int8_t *x, const int32_t *stream,
                                            int8_t *y, int8_t *copy) {
  mote_mve_pointwise(p, x, stream, y, copy, mote_matrix_2x4_up_s8);
}
