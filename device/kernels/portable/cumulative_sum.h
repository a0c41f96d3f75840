/* The walk along one dimension that running sums share. */
#ifndef MOTE_CUMULATIVE_SUM_H
#define MOTE_CUMULATIVE_SUM_H

#include "portable/common.h"

#define MOTE_CUMULATIVE_SUM_FIELDS                             \
  int32_t outer;     /* product of the dimensions before it */ \
  int32_t depth;     /* extent of the dimension */             \
  int32_t inner;     /* product of the dimensions after it */  \
  int32_t exclusive; /* 1: without the element itself */       \
  int32_t reverse    /* 1: from the end */

/* Runs the following block once per line; the line's first element in the direction of the sum is at `first`. */
#define MOTE_LINES(p, first)                                                                                    \
  for (int32_t i_ = 0; i_ < (p)->outer; ++i_)                                                                   \
    for (int32_t j_ = 0, first = (i_ * (p)->depth + ((p)->reverse != 0 ? (p)->depth - 1 : 0)) * (p)->inner;     \
         j_ < (p)->inner; ++j_, ++first)

/* Runs the following block once per element of a line, at `at`. */
#define MOTE_LINE(p, first, at)                         \
  for (int32_t d_ = 0, at = first; d_ < (p)->depth;     \
       ++d_, at += (p)->reverse != 0 ? -(p)->inner : (p)->inner)

#endif
