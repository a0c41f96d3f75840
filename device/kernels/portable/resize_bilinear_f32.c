#include <math.h>

#include "portable/common.h"

/* Bilinear interpolation of float images. Scales are input pixels per output pixel. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t output_height;
  int32_t output_width;
  int32_t channels;
  float height_scale;
  float width_scale;
  float center; /* 0.5 when pixels are taken at their centres, 0 at their corners */
} mote_resize_bilinear_f32_t;

MOTE_KERNEL int32_t mote_lower_neighbour(float place, int32_t size) {
  return mote_clamp((int32_t)floorf(place), 0, size - 1);
}

MOTE_KERNEL int32_t mote_upper_neighbour(float place, int32_t size) {
  return mote_clamp((int32_t)ceilf(place), 0, size - 1);
}

MOTE_KERNEL void mote_resize_bilinear_f32(const mote_resize_bilinear_f32_t *p, const float *x, float *y) {
  const int32_t channels = p->channels;
  const int32_t pitch = p->input_width * channels;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t row = 0; row < p->output_height; row++) {
      const float v = ((float)row + p->center) * p->height_scale - p->center;
      const int32_t v0 = mote_lower_neighbour(v, p->input_height);
      const float down = v - (float)v0;
      const float *top = x + v0 * pitch;
      const float *bottom = x + mote_upper_neighbour(v, p->input_height) * pitch;
      for (int32_t column = 0; column < p->output_width; column++) {
        const float h = ((float)column + p->center) * p->width_scale - p->center;
        const int32_t h0 = mote_lower_neighbour(h, p->input_width);
        const float across = h - (float)h0;
        const int32_t left = h0 * channels;
        const int32_t right = mote_upper_neighbour(h, p->input_width) * channels;
        for (int32_t c = 0; c < channels; c++) {
          *y++ = top[left + c] * (1.0f - down) * (1.0f - across) + bottom[left + c] * down * (1.0f - across) +
                 top[right + c] * (1.0f - down) * across + bottom[right + c] * down * across;
        }
      }
    }
    x += p->input_height * pitch;
  }
}
