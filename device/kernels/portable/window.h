/* Which taps of a sliding window lie inside the image, in one dimension. */
#ifndef MOTE_WINDOW_H
#define MOTE_WINDOW_H

#include "portable/common.h"

/* Taps `begin` to `end` lie inside; tap t is at position origin + t * dilation. None do when end <= begin. */
typedef struct {
  int32_t origin;
  int32_t begin;
  int32_t end;
} mote_span_t;

MOTE_KERNEL mote_span_t mote_span(int32_t origin, int32_t dilation, int32_t taps, int32_t extent) {
  mote_span_t span;
  const int32_t inside = extent > origin ? (extent - origin + dilation - 1) / dilation : 0;
  span.origin = origin;
  span.begin = origin >= 0 ? 0 : (dilation - 1 - origin) / dilation;
  span.end = inside < taps ? inside : taps;
  return span;
}

#endif
