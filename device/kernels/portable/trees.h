/* Decision trees: what the kernels for each pair of types share. */
#ifndef MOTE_TREES_H
#define MOTE_TREES_H

#include "portable/common.h"

/* A tree as code. Optimising it for speed copies leaves instead of sharing them, and gains next to nothing. */
#if defined(__clang__)
#define MOTE_TREE static __attribute__((noinline, minsize))
#elif defined(__GNUC__)
#define MOTE_TREE static __attribute__((noinline, optimize("Os")))
#else
#define MOTE_TREE static
#endif

#define MOTE_TREES_SUM (0)  /* from base on */
#define MOTE_TREES_MEAN (1) /* base is added to this and the following at the end */
#define MOTE_TREES_MIN (2)
#define MOTE_TREES_MAX (3)

#define MOTE_TREES_FIELDS                        \
  int32_t rows;                                  \
  int32_t features; /* of a row of x */          \
  int32_t trees;                                 \
  int32_t width;   /* values of a leaf */        \
  int32_t columns; /* of a row of y */           \
  int32_t aggregate

/* A row of y before the first tree. */
MOTE_KERNEL void mote_trees_begin_f32(int32_t aggregate, int32_t columns, const float *base, float *y) {
  for (int32_t k = 0; k < columns; ++k) {
    y[k] = aggregate == MOTE_TREES_SUM ? base[k] : 0.0f;
  }
}

/* A leaf of tree `tree` counts for `y` on. */
MOTE_KERNEL void mote_trees_leaf_f32(int32_t aggregate, int32_t tree, int32_t width, const float *leaf, float *y) {
  for (int32_t w = 0; w < width; ++w) {
    if (aggregate == MOTE_TREES_SUM || aggregate == MOTE_TREES_MEAN) {
      y[w] += leaf[w];
    } else if (tree == 0 || (aggregate == MOTE_TREES_MIN ? leaf[w] < y[w] : leaf[w] > y[w])) {
      y[w] = leaf[w];
    }
  }
}

/* A row of y after the last tree. */
MOTE_KERNEL void mote_trees_end_f32(int32_t aggregate, int32_t trees, int32_t columns, const float *base, float *y) {
  if (aggregate != MOTE_TREES_SUM) {
    for (int32_t k = 0; k < columns; ++k) {
      y[k] = (aggregate == MOTE_TREES_MEAN ? y[k] / (float)trees : y[k]) + base[k];
    }
  }
}

/* From node `at` to the leaf that `x` comes to. A node is its feature, all bits inverted where missing values go left, and
 * where it leads: to a node, or to leaf -1 - value. */
#define MOTE_TREES_WALK(IS_MISSING)                                                                          \
  while (at >= 0) {                                                                                          \
    const int16_t *const node = nodes + 3 * at;                                                              \
    const int32_t feature = node[0] < 0 ? -1 - node[0] : node[0];                                            \
    at = x[feature] <= thresholds[at] || (node[0] < 0 && IS_MISSING(x[feature])) ? node[1] : node[2];        \
  }
#define MOTE_TREES_NAN(value) ((value) != (value))
#define MOTE_TREES_NEVER(value) (0)

/* The body of a kernel `(p, const X *x, const X *thresholds, const int16_t *nodes, const int16_t *roots, const L *leaves,
 * const Y *base, Y *y)`; `roots` holds for each tree where it starts, and its first column. */
#define MOTE_TREES_TO_F32(IS_MISSING)                                                                        \
  for (int32_t row = 0; row < p->rows; ++row) {                                                              \
    mote_trees_begin_f32(p->aggregate, p->columns, base, y);                                                 \
    for (int32_t tree = 0; tree < p->trees; ++tree) {                                                        \
      int32_t at = roots[2 * tree];                                                                          \
      MOTE_TREES_WALK(IS_MISSING)                                                                            \
      mote_trees_leaf_f32(p->aggregate, tree, p->width, leaves + (-1 - at) * p->width, y + roots[2 * tree + 1]); \
    }                                                                                                        \
    mote_trees_end_f32(p->aggregate, p->trees, p->columns, base, y);                                         \
    x += p->features;                                                                                        \
    y += p->columns;                                                                                         \
  }

#define MOTE_TREES_TO_S32(IS_MISSING)                                                                        \
  for (int32_t row = 0; row < p->rows; ++row) {                                                              \
    for (int32_t k = 0; k < p->columns; ++k) {                                                               \
      y[k] = base[k];                                                                                        \
    }                                                                                                        \
    for (int32_t tree = 0; tree < p->trees; ++tree) {                                                        \
      int32_t at = roots[2 * tree];                                                                          \
      MOTE_TREES_WALK(IS_MISSING)                                                                            \
      for (int32_t w = 0; w < p->width; ++w) {                                                               \
        int32_t *const sum = y + roots[2 * tree + 1] + w;                                                    \
        *sum = mote_add_wrapping(*sum, leaves[(-1 - at) * p->width + w]);                                    \
      }                                                                                                      \
    }                                                                                                        \
    x += p->features;                                                                                        \
    y += p->columns;                                                                                         \
  }

#endif
