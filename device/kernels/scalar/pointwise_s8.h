/* 1x1 convolution, stride 1, of int8 pixels; also a product of matrices. */
#ifndef MOTE_SCALAR_POINTWISE_S8_H
#define MOTE_SCALAR_POINTWISE_S8_H

#include "scalar/pairs.h"

typedef struct {
  int32_t pixels;      /* of all batches */
  int32_t depth;       /* input channels */
  int32_t channels;    /* output channels */
  int32_t stream_size; /* words */
  int32_t zero;        /* output zero point */
  int32_t output_min;  /* clamp, quantized */
  int32_t output_max;
} mote_pairs_pointwise_s8_t;

/* columns: 4 bytes for each input channel, rounded up to four. Two pixels are read before their outputs are written. */
#define MOTE_PAIRS_POINTWISE(name, product)                                                                           \
  MOTE_SHARED void name(const mote_pairs_pointwise_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,        \
                        uint32_t *columns) {                                                                          \
    const int32_t groups = (p->depth + 3) >> 2;                                                                       \
    mote_pairs_t m = {columns, columns + 4 * groups, stream, stream + p->stream_size, -groups & 3,                    \
                      y,       y,                    p->zero, p->output_min,          p->output_max};                 \
    int32_t pixels = p->pixels;                                                                                       \
    do {                                                                                                              \
      const int32_t second = pixels > 1 ? 1 : 0;                                                                      \
      mote_pair_values(x, x + second * p->depth, p->depth, columns);                                                  \
      m.y0 = y;                                                                                                       \
      m.y1 = y + second * p->channels;                                                                                \
      product(&m);                                                                                                    \
      x += 2 * p->depth;                                                                                              \
      y += 2 * p->channels;                                                                                           \
      pixels -= 2;                                                                                                    \
    } while (pixels > 0);                                                                                             \
  }

#endif
