#include <string.h>

#include "portable/common.h"

/* Moves the batch into blocks of pixels and crops height and width. */
typedef struct {
  int32_t batches; /* of the output */
  int32_t input_height;
  int32_t input_width;
  int32_t output_height;
  int32_t output_width;
  int32_t block_height;
  int32_t block_width;
  int32_t crop_top;
  int32_t crop_left;
  int32_t pixel; /* bytes */
} mote_batch_to_space_any_t;

MOTE_KERNEL void mote_batch_to_space_any(const mote_batch_to_space_any_t *p, const void *input, void *output) {
  const int32_t image = p->input_height * p->input_width * p->pixel;
  uint8_t *y = (uint8_t *)output;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t i = 0; i < p->output_height; i++) {
      const int32_t row = (i + p->crop_top) / p->block_height;
      const int32_t block_row = (i + p->crop_top) % p->block_height;
      const uint8_t *line =
          (const uint8_t *)input + (block_row * p->block_width * p->batches + batch) * image + row * p->input_width * p->pixel;
      int32_t column = p->crop_left / p->block_width;
      int32_t block_column = p->crop_left % p->block_width;
      for (int32_t j = 0; j < p->output_width; j++) {
        memcpy(y, line + block_column * p->batches * image + column * p->pixel, (size_t)p->pixel);
        y += p->pixel;
        block_column++;
        if (block_column == p->block_width) {
          block_column = 0;
          column++;
        }
      }
    }
  }
}
