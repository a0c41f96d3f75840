#include <string.h>

#include "portable/common.h"

/* Line-buffered execution: a chain of layers that runs row by row. Whenever the rows of a window are complete, the layer
 * that waits for them makes its next row, the one nearest to the end of the chain first; so between two layers only the
 * rows live that are still needed, and nothing is computed twice. How many these are was found by running the same
 * schedule when the model was compiled.
 *
 * With MOTE_PATCHES a chain may be cut into patches of some columns of its output, which run one after the other; the rows
 * in memory are then as wide as a patch needs them, and what lies outside the image is padding. */

#define MOTE_CASCADE_INPUTS 4

/* How a pointer is read that stands in a constant table. Code that runs wherever it lies cannot have such pointers: there
 * the tables hold distances, and this is defined to make addresses of them. */
#if !defined(MOTE_PLACED)
#define MOTE_PLACED(pointer) (pointer)
#endif

/* A tensor: some of its rows, without gaps, the oldest first. Rows count from the first row of padding. */
typedef struct {
  int32_t offset;     /* in the arena */
  int32_t row_bytes;
  int16_t capacity;   /* rows in memory */
  int16_t pad_top;    /* rows of padding above */
  int16_t image_end;  /* pad_top and the rows of the image */
  int16_t extent;     /* image_end and the rows of padding below */
  int8_t zero;        /* what padding holds */
  int8_t whole;       /* all rows are there from the start */
  uint8_t first_reader;
  uint8_t last_reader;
#if defined(MOTE_PATCHES)
  int16_t step;        /* for a patch at output column x the rows hold `columns` columns from step * x + origin on */
  int16_t origin;
  int16_t columns;
  int16_t image;       /* columns of the whole tensor */
  int16_t pixel_bytes;
  int16_t window;      /* whether rows hold a patch's columns, not all */
#endif
} mote_lines_t;

/* The rows that a layer reads to make its row n: `rows` from start + n * stride on. */
typedef struct {
  int16_t start;
  uint8_t stride;
  uint8_t rows;
  uint8_t lines;
#if defined(MOTE_PATCHES)
  int16_t skip; /* bytes of a row before the first column that is read */
#endif
} mote_reading_t;

typedef void (*mote_make_row_t)(uint8_t *arena, const uint8_t *const *x, uint8_t *y, int32_t row);

typedef struct {
  mote_make_row_t make_row;
  const mote_reading_t *readings;
  uint8_t reading_count;
  uint8_t output;
  uint8_t collects; /* all runs make one row */
  int16_t runs;
} mote_stage_t;

/* Counters, in the arena: for every tensor the first row in memory and the row behind the last, for every layer its next
 * run. */
typedef struct {
  const mote_lines_t *lines;
  const mote_stage_t *stages;
  int32_t line_count;
  int32_t stage_count;
  int32_t pushed; /* the tensor whose rows are handed in */
  int32_t state;  /* offset of the counters in the arena */
#if defined(MOTE_PATCHES)
  int16_t patches;
  int16_t patch_columns;  /* of the output */
  int16_t output_columns;
#endif
} mote_cascade_t;

MOTE_INTERNAL int16_t *mote_cascade_bounds(const mote_cascade_t *p, uint8_t *arena, int32_t line) {
  return (int16_t *)(void *)(arena + p->state) + 2 * line;
}

MOTE_INTERNAL int16_t *mote_cascade_runs(const mote_cascade_t *p, uint8_t *arena) {
  return mote_cascade_bounds(p, arena, p->line_count);
}

#if defined(MOTE_PATCHES)
/* The patch's first column of the output, behind the other counters. */
MOTE_INTERNAL int16_t *mote_cascade_patch(const mote_cascade_t *p, uint8_t *arena) {
  return mote_cascade_runs(p, arena) + p->stage_count;
}

/* The first column of a tensor that the patch needs. */
MOTE_INTERNAL int32_t mote_cascade_column(const mote_cascade_t *p, uint8_t *arena, int32_t line) {
  return MOTE_PLACED(p->lines)[line].step * *mote_cascade_patch(p, arena) + MOTE_PLACED(p->lines)[line].origin;
}

/* Columns of a new row outside the image hold padding. */
MOTE_INTERNAL void mote_cascade_border(const mote_cascade_t *p, uint8_t *arena, int32_t line, uint8_t *row) {
  const mote_lines_t *const lines = MOTE_PLACED(p->lines) + line;
  const int32_t first = mote_cascade_column(p, arena, line);
  const int32_t beyond = first + lines->columns - lines->image;
  if (lines->window != 0) {
    const int32_t left = mote_clamp(-first, 0, lines->columns);
    const int32_t right = mote_clamp(beyond, 0, lines->columns);
    memset(row, lines->zero, (size_t)(left * lines->pixel_bytes));
    memset(row + (lines->columns - right) * lines->pixel_bytes, lines->zero, (size_t)(right * lines->pixel_bytes));
  }
}
#endif

/* Room for one more row of a tensor; rows that nobody needs any more make it. */
MOTE_SHARED uint8_t *mote_cascade_append(const mote_cascade_t *p, uint8_t *arena, int32_t line) {
  const mote_lines_t *const lines = MOTE_PLACED(p->lines) + line;
  int16_t *const bounds = mote_cascade_bounds(p, arena, line);
  const int16_t *const runs = mote_cascade_runs(p, arena);
  uint8_t *const rows = arena + lines->offset;
  if (bounds[1] - bounds[0] == lines->capacity) {
    int32_t needed = bounds[1];
    for (int32_t s = lines->first_reader; s <= lines->last_reader; ++s) {
      const mote_stage_t *const stage = MOTE_PLACED(p->stages) + s;
      for (int32_t i = 0; runs[s] < stage->runs && i < stage->reading_count; ++i) {
        const mote_reading_t *const reading = MOTE_PLACED(stage->readings) + i;
        const int32_t first = reading->start + runs[s] * reading->stride;
        if (reading->lines == line && first < needed) {
          needed = first;
        }
      }
    }
    memmove(rows, rows + (needed - bounds[0]) * lines->row_bytes, (size_t)((bounds[1] - needed) * lines->row_bytes));
    bounds[0] = (int16_t)needed;
  }
  bounds[1]++;
  return rows + (bounds[1] - 1 - bounds[0]) * lines->row_bytes;
}

/* Whether all rows are there that the next run of a layer reads; padding below an image comes when it is read. */
MOTE_INTERNAL int32_t mote_cascade_ready(const mote_cascade_t *p, uint8_t *arena, int32_t s) {
  const mote_stage_t *const stage = MOTE_PLACED(p->stages) + s;
  const int32_t run = mote_cascade_runs(p, arena)[s];
  if (run == stage->runs) {
    return 0;
  }
  for (int32_t i = 0; i < stage->reading_count; ++i) {
    const mote_reading_t *const reading = MOTE_PLACED(stage->readings) + i;
    const mote_lines_t *const lines = MOTE_PLACED(p->lines) + reading->lines;
    const int16_t *const bounds = mote_cascade_bounds(p, arena, reading->lines);
    while (bounds[1] < reading->start + run * reading->stride + reading->rows) {
      if (bounds[1] < lines->image_end || bounds[1] == lines->extent) {
        return 0;
      }
      memset(mote_cascade_append(p, arena, reading->lines), lines->zero, (size_t)lines->row_bytes);
    }
  }
  return 1;
}

/* Makes the next row of a layer. */
MOTE_INTERNAL void mote_cascade_run(const mote_cascade_t *p, uint8_t *arena, int32_t s) {
  const mote_stage_t *const stage = MOTE_PLACED(p->stages) + s;
  int16_t *const runs = mote_cascade_runs(p, arena);
  const int32_t run = runs[s];
  const uint8_t *x[MOTE_CASCADE_INPUTS];
  uint8_t *y = arena + MOTE_PLACED(p->lines)[stage->output].offset;
  if (stage->collects == 0 || run + 1 == stage->runs) {
    y = mote_cascade_append(p, arena, stage->output);
  }
  for (int32_t i = 0; i < stage->reading_count; ++i) {
    const mote_reading_t *const reading = MOTE_PLACED(stage->readings) + i;
    const mote_lines_t *const lines = MOTE_PLACED(p->lines) + reading->lines;
    const int32_t first = reading->start + run * reading->stride;
    x[i] = arena + lines->offset + (first - mote_cascade_bounds(p, arena, reading->lines)[0]) * lines->row_bytes;
#if defined(MOTE_PATCHES)
    x[i] += reading->skip;
#endif
  }
#if defined(MOTE_PATCHES)
  if (MOTE_PLACED(p->lines)[stage->output].window == 0) {
    y += mote_cascade_column(p, arena, stage->output) * MOTE_PLACED(p->lines)[stage->output].pixel_bytes;
  }
  MOTE_PLACED(stage->make_row)(arena, x, y, run);
  mote_cascade_border(p, arena, stage->output, y);
#else
  MOTE_PLACED(stage->make_row)(arena, x, y, run);
#endif
  runs[s] = (int16_t)(run + 1);
}

/* Makes all rows that can be made. */
MOTE_INTERNAL void mote_cascade_settle(const mote_cascade_t *p, uint8_t *arena) {
  int32_t s = p->stage_count - 1;
  while (s >= 0) {
    if (mote_cascade_ready(p, arena, s) != 0) {
      mote_cascade_run(p, arena, s);
      s = MOTE_PLACED(p->lines)[MOTE_PLACED(p->stages)[s].output].last_reader;
    } else {
      s--;
    }
  }
}

MOTE_SHARED void mote_cascade_begin(const mote_cascade_t *p, uint8_t *arena) {
  int16_t *const runs = mote_cascade_runs(p, arena);
  for (int32_t i = 0; i < p->line_count; ++i) {
    const mote_lines_t *const lines = MOTE_PLACED(p->lines) + i;
    int16_t *const bounds = mote_cascade_bounds(p, arena, i);
    bounds[0] = 0;
    bounds[1] = lines->whole != 0 ? lines->extent : lines->pad_top;
    if (lines->whole == 0 && lines->pad_top > 0) {
      memset(arena + lines->offset, lines->zero, (size_t)(lines->pad_top * lines->row_bytes));
    }
  }
  for (int32_t s = 0; s < p->stage_count; ++s) {
    runs[s] = 0;
  }
}

/* Hands in the next row of the input; its bytes are copied unless they are in the tensor's place already. */
MOTE_SHARED void mote_cascade_push(const mote_cascade_t *p, uint8_t *arena, const uint8_t *row) {
  uint8_t *const place = mote_cascade_append(p, arena, p->pushed);
#if defined(MOTE_PATCHES)
  const mote_lines_t *const lines = MOTE_PLACED(p->lines) + p->pushed;
  if (lines->window != 0) {
    const int32_t first = mote_cascade_column(p, arena, p->pushed);
    const int32_t from = mote_clamp(first, 0, lines->image);
    const int32_t to = mote_clamp(first + lines->columns, 0, lines->image);
    memcpy(place + (from - first) * lines->pixel_bytes, row + from * lines->pixel_bytes,
           (size_t)((to - from) * lines->pixel_bytes));
    mote_cascade_border(p, arena, p->pushed, place);
    mote_cascade_settle(p, arena);
    return;
  }
#endif
  if (row != place) {
    memcpy(place, row, (size_t)MOTE_PLACED(p->lines)[p->pushed].row_bytes);
  }
  mote_cascade_settle(p, arena);
}

/* Rows of the input that were not handed in yet. */
MOTE_INTERNAL int32_t mote_cascade_missing(const mote_cascade_t *p, uint8_t *arena) {
  const int32_t missing = MOTE_PLACED(p->lines)[p->pushed].image_end - mote_cascade_bounds(p, arena, p->pushed)[1];
  return missing > 0 ? missing : 0;
}

/* Hands in all rows of the input. */
MOTE_INTERNAL void mote_cascade_push_all(const mote_cascade_t *p, uint8_t *arena, const uint8_t *x, int32_t row_bytes) {
  const int32_t rows = MOTE_PLACED(p->lines)[p->pushed].image_end - MOTE_PLACED(p->lines)[p->pushed].pad_top;
  mote_cascade_begin(p, arena);
  for (int32_t row = 0; row < rows; ++row) {
    mote_cascade_push(p, arena, x);
    x += row_bytes;
  }
}

/* Runs the chain on a complete input. */
MOTE_SHARED void mote_cascade(const mote_cascade_t *p, uint8_t *arena, const uint8_t *x) {
  const mote_lines_t *const lines = MOTE_PLACED(p->lines) + p->pushed;
#if defined(MOTE_PATCHES)
  for (int32_t patch = 0; patch < p->patches; ++patch) {
    const int32_t last = p->output_columns - p->patch_columns;
    const int32_t column = patch * p->patch_columns;
    *mote_cascade_patch(p, arena) = (int16_t)(column < last ? column : last);
    mote_cascade_push_all(p, arena, x, lines->image * lines->pixel_bytes);
  }
#else
  mote_cascade_push_all(p, arena, x, lines->row_bytes);
#endif
}
