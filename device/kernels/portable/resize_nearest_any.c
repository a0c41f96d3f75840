#include <string.h>

#include "portable/common.h"

/* Every output pixel is a copy of the input pixel that tables name for its row and its column. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t output_height;
  int32_t output_width;
  int32_t pixel; /* bytes */
} mote_resize_nearest_any_t;

MOTE_KERNEL void mote_resize_nearest_any(const mote_resize_nearest_any_t *p, const void *input, const int16_t *rows,
                                         const int16_t *columns, void *output) {
  const int32_t pitch = p->input_width * p->pixel;
  const uint8_t *x = (const uint8_t *)input;
  uint8_t *y = (uint8_t *)output;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t row = 0; row < p->output_height; row++) {
      const uint8_t *line = x + rows[row] * pitch;
      for (int32_t column = 0; column < p->output_width; column++) {
        memcpy(y, line + columns[column] * p->pixel, (size_t)p->pixel);
        y += p->pixel;
      }
    }
    x += p->input_height * pitch;
  }
}
