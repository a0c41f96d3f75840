#include "armv6m/plane_s8.h"
#include "scalar/depthwise_s8.h"

typedef mote_pairs_depthwise_s8_t mote_pairs_depthwise_3x3_s8_t;

MOTE_SHARED void mote_pairs_depthwise_s8(const mote_pairs_depthwise_s8_t *p, const int8_t *x, const int32_t *stream,
                                         int8_t *y, uint32_t *plane) {
  mote_pairs_depthwise(p, x, stream, y, plane, mote_pairs_plane_s8, 0);
}

MOTE_SHARED void mote_pairs_depthwise_3x3_s8(const mote_pairs_depthwise_3x3_s8_t *p, const int8_t *x,
                                             const int32_t *stream, int8_t *y, uint32_t *plane) {
  mote_pairs_depthwise(p, x, stream, y, plane, mote_pairs_plane_3x3_s8, 1);
}
