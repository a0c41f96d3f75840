#include <math.h>

#include "portable/common.h"

/* Mean of the values of the nearest prototypes. */
typedef struct {
  int32_t rows;
  int32_t vectors;
  int32_t columns;
  int32_t neighbours;
  int32_t weighting; /* 0 all the same, 1 by 1 / distance, 2 by 1 / root of distance */
} mote_nearest_vote_f32_t;

MOTE_KERNEL void mote_nearest_vote_f32(const mote_nearest_vote_f32_t *p, const float *distances, const float *values,
                                       float *y, uint8_t *taken) {
  for (int32_t row = 0; row < p->rows; ++row) {
    float weights = 0.0f;
    int32_t hit = 0;
    for (int32_t k = 0; k < p->columns; ++k) {
      y[k] = 0.0f;
    }
    for (int32_t s = 0; s < p->vectors; ++s) {
      taken[s] = 0u;
    }
    for (int32_t i = 0; i < p->neighbours; ++i) {
      int32_t best = -1;
      for (int32_t s = 0; s < p->vectors; ++s) {
        if (taken[s] == 0u && (best < 0 || distances[s] < distances[best])) {
          best = s;
        }
      }
      taken[best] = 1u;
      const float distance = distances[best];
      float weight = 1.0f;
      if (p->weighting != 0) {
        const int32_t zero = distance <= 0.0f ? 1 : 0;
        hit = i == 0 ? zero : hit;
        weight = hit != 0 ? (float)zero : 1.0f / (p->weighting == 1 ? distance : sqrtf(distance));
      }
      weights += weight;
      for (int32_t k = 0; k < p->columns; ++k) {
        y[k] += weight * values[best * p->columns + k];
      }
    }
    for (int32_t k = 0; k < p->columns; ++k) {
      y[k] = y[k] / weights;
    }
    distances += p->vectors;
    y += p->columns;
  }
}
