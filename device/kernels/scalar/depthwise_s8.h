/* Depthwise convolution of int8 pixels, one filter for each channel: channel by channel, two output pixels at a time that
 * lie half an image apart. */
#ifndef MOTE_SCALAR_DEPTHWISE_S8_H
#define MOTE_SCALAR_DEPTHWISE_S8_H

#include "scalar/pairs.h"

typedef struct {
  int32_t batches;
  int32_t in_h;
  int32_t in_w;
  int32_t channels;
  int32_t out_h;
  int32_t out_w;
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t plane_h;    /* what the windows of one half and band cover */
  int32_t plane_w;
  int32_t rows;       /* output rows of one half */
  int32_t band;       /* of these, rows that are computed at a time; all, if halves are above each other */
  int32_t columns;    /* output columns of one half */
  int32_t input_zero; /* what padding holds */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_pairs_depthwise_s8_t;

/* One channel. The order of the fields is known to assembly. */
typedef struct {
  const int32_t *taps; /* 3x3: nine weights; else for every two taps two weights and two byte offsets */
  const int32_t *taps_end;
  const uint32_t *x; /* pairs under the first window */
  int8_t *y;
  int32_t y_pair; /* from the first output of a pair to the second */
  int32_t y_step;
  int32_t y_row_step; /* from behind a row to the next */
  int32_t x_step;     /* in bytes, as all of x */
  int32_t x_row_bytes; /* of the windows' first corners in a row */
  int32_t x_row_step;  /* from behind a row to the next */
  int32_t x_tap_row;   /* from behind a kernel row of 3 to the next */
  int32_t rows;
  int32_t bias;
  int32_t multiplier;
  int32_t low; /* clamp */
  int32_t right;
  int32_t high;
  int32_t zero; /* output zero point */
} mote_pairs_plane_t;

#define MOTE_PAIRS_SEGMENTS 5

/* Columns of the plane of which at least one half is in the image. A half outside has step 0. */
typedef struct {
  int32_t begin;
  int32_t count;
  int32_t step0;
  int32_t step1;
} mote_pairs_segment_t;

/* How a plane is filled. */
typedef struct {
  mote_pairs_segment_t segments[MOTE_PAIRS_SEGMENTS];
  const mote_pairs_segment_t *segments_end;
  int32_t in_h;
  int32_t row_bytes;
  int32_t channels;
  int32_t plane_w;
  int32_t row_lag; /* input rows from the first half to the second */
  int32_t lag;     /* the same in bytes, columns included */
  int8_t outside;
} mote_pairs_filling_t;

/* Cuts the plane's columns where one of the halves enters or leaves the image. */
MOTE_SHARED void mote_pairs_filling(const mote_pairs_depthwise_s8_t *p, mote_pairs_filling_t *f) {
  const int32_t column_lag = (p->out_w - p->columns) * p->stride_w;
  const int32_t enter0 = p->pad_left;
  const int32_t enter1 = p->pad_left - column_lag;
  mote_pairs_segment_t *segment = f->segments;
  int32_t column = 0;
  f->in_h = p->in_h;
  f->row_bytes = p->in_w * p->channels;
  f->channels = p->channels;
  f->plane_w = p->plane_w;
  f->row_lag = (p->out_h - p->rows) * p->stride_h;
  f->lag = f->row_lag * f->row_bytes + column_lag * p->channels;
  f->outside = (int8_t)p->input_zero;
  while (column < p->plane_w) {
    const int32_t inside0 = column >= enter0 && column < enter0 + p->in_w;
    const int32_t inside1 = column >= enter1 && column < enter1 + p->in_w;
    const int32_t change0 = inside0 ? enter0 + p->in_w : (column < enter0 ? enter0 : p->plane_w);
    const int32_t change1 = inside1 ? enter1 + p->in_w : (column < enter1 ? enter1 : p->plane_w);
    int32_t end = change0 < change1 ? change0 : change1;
    end = end < p->plane_w ? end : p->plane_w;
    segment->begin = column;
    segment->count = end - column;
    segment->step0 = inside0 ? p->channels : 0;
    segment->step1 = inside1 ? p->channels : 0;
    segment += inside0 | inside1;
    column = end;
  }
  f->segments_end = segment;
}

/* Pairs of one channel in rows from image row `row` on; x: its first value, as if the row and all before column 0 of the
 * plane were in the image. */
MOTE_SHARED void mote_pairs_fill_rows(const mote_pairs_filling_t *f, const int8_t *x, int32_t row, int32_t rows,
                                      uint32_t *plane) {
  const mote_pairs_segment_t *const segments_end = f->segments_end;
  const int32_t channels = f->channels;
  for (; rows > 0; --rows) {
    const int32_t inside0 = row >= 0 && row < f->in_h;
    const int32_t inside1 = row + f->row_lag >= 0 && row + f->row_lag < f->in_h;
    for (const mote_pairs_segment_t *s = f->segments; s != segments_end; ++s) {
      const int32_t step0 = inside0 ? s->step0 : 0;
      const int32_t step1 = inside1 ? s->step1 : 0;
      const int8_t *x0 = x + s->begin * channels;
      const int8_t *x1 = x0 + f->lag;
      uint32_t *pair = plane + s->begin;
      uint32_t *const end = pair + s->count;
      x0 = step0 != 0 ? x0 : &f->outside;
      x1 = step1 != 0 ? x1 : &f->outside;
      do {
        const uint32_t second = (uint32_t)(int32_t)*x1 << 16;
        const uint32_t first = (uint32_t)(int32_t)*x0;
        *pair++ = second + first;
        x0 += step0;
        x1 += step1;
      } while (pair != end);
    }
    x += f->row_bytes;
    plane += f->plane_w;
    ++row;
  }
}

/* Two weights and two byte offsets for every two taps; the last may be empty. */
MOTE_SHARED int32_t *mote_pairs_taps(const mote_pairs_depthwise_s8_t *p, const int8_t *weights, int32_t *taps) {
  int32_t odd = 0;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    for (int32_t kx = 0; kx < p->kernel_w; ++kx) {
      taps[odd] = *weights++;
      taps[2 + odd] = (ky * p->dilation_h * p->plane_w + kx * p->dilation_w) * 4;
      taps += 4 * odd;
      odd = 1 - odd;
    }
  }
  if (odd != 0) {
    taps[1] = 0;
    taps[3] = 0;
    taps += 4;
  }
  return taps;
}

/* What is the same for all channels. */
MOTE_SHARED void mote_pairs_plane(const mote_pairs_depthwise_s8_t *p, const uint32_t *plane, mote_pairs_plane_t *m) {
  const int32_t row_lag = p->out_h - p->rows;
  const int32_t column_lag = p->out_w - p->columns;
  m->x = plane;
  m->y_pair = (row_lag * p->out_w + column_lag) * p->channels;
  m->y_step = p->channels;
  m->y_row_step = column_lag * p->channels;
  m->x_step = 4 * p->stride_w;
  m->x_row_bytes = m->x_step * p->columns;
  m->x_row_step = 4 * p->stride_h * p->plane_w - m->x_row_bytes;
  m->x_tap_row = 4 * p->plane_w - 12;
  m->low = p->output_min;
  m->high = p->output_max;
  m->zero = p->zero;
}

/* One channel, band by band; x as for mote_pairs_fill_rows. */
MOTE_SHARED void mote_pairs_bands(const mote_pairs_depthwise_s8_t *p, const mote_pairs_filling_t *f, const int8_t *x,
                                  uint32_t *plane, mote_pairs_plane_t *m, void (*product)(const mote_pairs_plane_t *)) {
  const int32_t stay = p->plane_h - p->band * p->stride_h; /* rows that the next band needs as well */
  int32_t kept = 0;
  int32_t row = -p->pad_top;
  for (int32_t left = p->rows; left > 0; left -= p->band) {
    const int32_t fresh = p->plane_h - kept;
    mote_pairs_fill_rows(f, x, row, fresh, plane + kept * p->plane_w);
    m->rows = left < p->band ? left : p->band;
    product(m);
    m->y += m->rows * p->out_w * p->channels;
    if (left > p->band) {
      const uint32_t *from = plane + (p->plane_h - stay) * p->plane_w;
      uint32_t *to = plane;
      for (int32_t i = stay * p->plane_w; i > 0; --i) {
        *to++ = *from++;
      }
    }
    x += fresh * f->row_bytes;
    row += fresh;
    kept = stay;
  }
}

/* stream: for each channel bias, multiplier, then bytes: right shift, weights, none to fill the word.
 * plane: 4 bytes for each of its pairs; for other kernels than 3x3 then 8 bytes for each tap, in even number.
 * Of a channel, a band is read before its outputs are written. Padding is multiplied like pixels: the stream's biases
 * already hold -input_zero * sum(weights). */
MOTE_KERNEL void mote_pairs_depthwise(const mote_pairs_depthwise_s8_t *p, const int8_t *x, const int32_t *stream,
                                      int8_t *y, uint32_t *plane, void (*product)(const mote_pairs_plane_t *),
                                      int32_t is_3x3) {
  int32_t weights[9];
  mote_pairs_filling_t filling;
  mote_pairs_plane_t m;
  const int32_t pairs = p->plane_h * p->plane_w;
  const int32_t taps = p->kernel_h * p->kernel_w;
  int32_t *const table = is_3x3 ? weights : (int32_t *)(void *)(plane + pairs);
  mote_pairs_filling(p, &filling);
  mote_pairs_plane(p, plane, &m);
  m.taps = table;
  m.taps_end = table;
  for (int32_t i = 0; i < pairs; ++i) {
    plane[i] = (uint32_t)p->input_zero + ((uint32_t)p->input_zero << 16);
  }
  for (int32_t batch = 0; batch < p->batches; ++batch) {
    const int32_t *channel = stream;
    for (int32_t c = 0; c < p->channels; ++c) {
      const int8_t *const bytes = (const int8_t *)(channel + 2);
      if (is_3x3) {
        for (int32_t i = 0; i < 9; ++i) {
          weights[i] = bytes[1 + i];
        }
      } else {
        m.taps_end = mote_pairs_taps(p, bytes + 1, table);
      }
      m.y = y + c;
      m.bias = channel[0];
      m.multiplier = channel[1];
      m.right = bytes[0];
      mote_pairs_bands(p, &filling, x + c - (p->pad_top * p->in_w + p->pad_left) * p->channels, plane, &m, product);
      channel += 2 + ((taps + 4) >> 2);
    }
    x += p->in_h * p->in_w * p->channels;
    y += p->out_h * p->out_w * p->channels;
  }
}

#endif
