#include "runtime/schema.h"

#include <stddef.h>
#include <string.h>

#define MOST_BYTES 65536u
#define MOST_DEPTH 12u
#define MOST_ITEMS 20000u
#define MOST_CHARACTERS 1024u
#define MOST_NAME 64u
#define NO_STEP 21u

typedef struct {
  uint8_t what;
  uint8_t a;
  uint8_t b;
  uint8_t c;
} type_t;

typedef struct {
  uint8_t key;
  uint8_t type;
} field_t;

#define TYPE_VALUES(type, what, a, b, c) {what, a, b, c},
#define FIELD_VALUES(field, key, type) {key, T_##type},
static const type_t types[] = {MOTE_TYPES(TYPE_VALUES)};
static const field_t fields[] = {MOTE_FIELDS(FIELD_VALUES)};

/* Steps 1 to 21, then golden inputs 1 to 3, then golden outputs 1 to 3: their first field, and how many there are. */
#define AS(field, count) (((field) - NUMBERS) << 3 | (count))
static const uint8_t alternatives[] = {
    AS(NUMBERS, 2), AS(NUMBERS, 2), 0, 0, AS(WHOLES, 3), 0, AS(WHOLES, 1), AS(WHOLES, 2), AS(NAME_ONLY, 1), AS(WHOLES, 2),
    AS(MEL, 4), AS(NUMBERS, 1), AS(WHOLES, 1), AS(WHOLES, 1), 0, 0, 0, AS(NUMBERS, 1), AS(WHOLES, 1), 0, AS(WHOLE_NAME, 2),
    AS(LITERAL, 2), AS(LINEAR, 3), AS(LINEAR, 3),
    AS(LITERAL, 2), AS(HASH, 2), AS(LITERAL, 3),
};

/* A container around the item at hand. */
typedef struct {
  uint16_t left;   /* items that are still to come; pairs of a map */
  uint16_t before; /* offset of the key before */
  uint8_t what;
  uint8_t type;  /* of each item, or of each key */
  uint8_t field; /* of the next item of a tuple, or the next one that a map may have */
  uint8_t fields; /* how many of these there are */
} frame_t;

static uint32_t limit(uint8_t packed) { return packed < 64 ? packed : (1u << (packed & 31)) - (packed >> 7); }

/* What a text is, by the kinds of types 2 (for people), 4 (name) and 8 (version); 0 when it is not UTF-8. */
static uint32_t text(const uint8_t *at, uint32_t size) {
  const uint8_t *start = at;
  const uint8_t *end = at + size;
  uint32_t characters = 0;
  uint32_t is = 15;
  for (; at < end; characters++) {
    uint32_t c = *at++;
    if (c >= 0x80) {
      uint32_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
      if (c < 0xc2 || c > 0xf4 || (uint32_t)(end - at) < more) {
        return 0;
      }
      uint32_t least = 5 * more + 1;
      c &= 0x3fu >> more;
      for (; more > 0; more--) {
        uint32_t next = *at++ ^ 0x80u;
        if (next > 0x3f) {
          return 0;
        }
        c = c << 6 | next;
      }
      /* Longer than need be, half of a pair of UTF-16, beyond Unicode. */
      if (c >> least == 0 || c >> 11 == 0x1b || c >= 0x110000) {
        return 0;
      }
    }
    if (c < 0x20 || c - 0x7f < 0x21) {
      is = 1;
    } else if ((c | 32) - 'a' >= 26 && c - '0' >= 10) {
      bool inside = at - start > 1;
      is &= c == '_' ? 7u : !inside ? 3u : c == '.' || c == '-' ? 15u : c == '+' ? 11u : 3u;
    }
  }
  if (characters == 0 || characters > MOST_CHARACTERS) {
    is = 1;
  }
  return size > MOST_NAME ? is & 3 : is;
}

/* Whether an item is of a type; of a container, whether its count is. */
static bool is_of(const type_t *type, uint32_t first, const mote_scan_t *scan, uint32_t is) {
  uint32_t value = scan->value;
  uint32_t what = type->what;
  uint32_t major = first >> 5;
  if (what == ANY) {
    return true;
  }
  if (what >> 5 == MOTE_CBOR_NEGATIVE) {
    major |= 1;
  }
  if (major != what >> 5) {
    return false;
  }
  switch (what) {
    case LONG:
      return scan->high < 256 || (scan->high == 256 && value == 0);
    case TEXT:
    case NAME:
    case VERSION:
      return (is & what & 14) != 0;
    case SIMPLE:
      return first == type->a;
    case FLOAT:
      return first >= 0xf9;
    case SCALE:
    case TOLERANCE:
      if (first == 0xf9 && value > 0) {
        value = (value << 13) + (value >> 15 << 31) + 0x38000000;  /* a subnormal one stays between 0 and 1 */
      }
      return (first == 0xf9 || first == 0xfa) && value - 1 < (what == SCALE ? 0x7fffffffu : 0x3f800000u);
    case HUGE:
    case INT64:
    case ONE:
    case CHOICE:
    case MAP:
    case OPEN_MAP:
    case PARAMETERS:
      return true;
    default:
      return scan->high == 0 && value >= limit(type->a) && value <= limit(type->b) &&
             (what != POWER || (value & (value - 1)) == 0);
  }
}

static void refuse(mote_error_t *worst, mote_error_t error) {
  if (error > *worst) {
    *worst = error;
  }
}

/* Passes over fields that would have stood before `key`. */
static void pass_over(frame_t *frame, uint32_t key, mote_error_t *worst) {
  for (; frame->fields > 0 && (fields[frame->field].key & ~MAYBE) < key; frame->fields--, frame->field++) {
    if (fields[frame->field].key < MAYBE) {
      refuse(worst, MOTE_FIELD);
    }
  }
}

/* A container of a type: of what its items are. False when there is no such alternative. */
static bool open_as(frame_t *frame, const type_t *type, uint32_t number) {
  uint32_t what = type->what;
  uint32_t packed;
  switch (what) {
    case ANY:
      return true;
    case LIST:
    case TAG:
      frame->type = type->c;
      return true;
    case NAMES:
      frame->type = T_name;
      frame->fields = T_text;
      return true;
    case CHOICE:
    case PARAMETERS:
      if (number > type->b) {
        return false;
      }
      packed = alternatives[type->c + number];
      what = what == CHOICE ? TUPLE : MAP;
      if (what == TUPLE && frame->left != (packed & 7)) {
        return false;
      }
      frame->what = (uint8_t)what;
      frame->field = (uint8_t)(NUMBERS + (packed >> 3));
      frame->fields = packed & 7;
      return true;
    default:
      frame->what = (uint8_t)what;
      frame->field = type->c;
      frame->fields = type->b;
      return true;
  }
}

/* The type of the value of a key. */
static uint32_t type_of_value(frame_t *frame, uint32_t first, const mote_scan_t *scan, mote_error_t *worst) {
  bool extension = first >> 5 == MOTE_CBOR_NEGATIVE && (scan->high > 0 || scan->value >= 255);
  if (frame->what == NAMES) {
    return frame->fields;
  }
  if (frame->what == OPEN_MAP && extension) {
    return T_any;
  }
  pass_over(frame, first, worst);
  if (frame->fields == 0 || (fields[frame->field].key & ~MAYBE) != first || (first == MINUS_256 && scan->value != 255)) {
    refuse(worst, MOTE_UNKNOWN_KEY);
    return T_any;
  }
  frame->fields--;
  return fields[frame->field++].type;
}

mote_error_t mote_check(mote_bytes_t bytes, uint32_t type) {
  frame_t frames[MOST_DEPTH + 2];
  frame_t *frame = frames;
  mote_scan_t scan = {bytes.at, bytes.at + bytes.size, 0, 0};
  mote_error_t worst = MOTE_OK;
  uint32_t number = 0; /* of the alternative at hand */
  bool value = false;  /* that of a key is next */
  frame->left = 1;
  frame->what = LIST;
  frame->type = (uint8_t)type;
  for (uint32_t items = 1;; items++) {
    bool key = false;
    if (!value) {
      while (frame->left == 0) {
        if (frame == frames) {
          return scan.at == scan.end ? worst : MOTE_MALFORMED;
        }
        if (frame->what == MAP || frame->what == OPEN_MAP) {
          pass_over(frame, MAYBE, &worst);
        }
        frame--;
      }
      frame->left--;
      key = frame->what >= MAP;
      type = frame->what == TUPLE ? fields[frame->field++].type : frame->type;
    }
    if (frame > frames + MOST_DEPTH || items > MOST_ITEMS || bytes.size > MOST_BYTES) {
      return MOTE_LIMIT;
    }
    const uint8_t *start = scan.at;
    uint32_t first = start < scan.end ? *start : 0;
    uint32_t major = first >> 5;
    if (key && (0x0bu >> major & 1) == 0) {
      return MOTE_NOT_CANONICAL;
    }
    mote_error_t error = mote_scan(&scan);
    if (error != MOTE_OK) {
      return error;
    }
    uint32_t is = 1;
    if (major - MOTE_CBOR_BYTES <= MOTE_CBOR_MAP - MOTE_CBOR_BYTES &&
        (scan.high > 0 || scan.value > (uint32_t)(scan.end - scan.at))) {
      return MOTE_MALFORMED;
    }
    if (major == MOTE_CBOR_BYTES || major == MOTE_CBOR_TEXT) {
      if (major == MOTE_CBOR_TEXT) {
        is = text(scan.at, scan.value);
      }
      scan.at += scan.value;
    }
    if (is == 0) {
      return MOTE_MALFORMED;
    }
    const type_t *wanted = &types[type];
    bool right = is_of(wanted, first, &scan, is);
    if (wanted->what == ONE && right && first != 1) {
      refuse(&worst, MOTE_UNSUPPORTED_VERSION);
    }
    if (wanted->what == STEP_NAME) {
      number = right ? scan.value - 1 : NO_STEP;
    }
    value = key;
    if (key) {
      /* No encoding of a key starts with that of another one. */
      if (frame->before != 0 && memcmp(bytes.at + frame->before, start, (uint32_t)(scan.at - start)) >= 0) {
        return MOTE_NOT_CANONICAL;
      }
      frame->before = (uint16_t)(start - bytes.at);
      type = type_of_value(frame, first, &scan, &worst);
    } else if (major >= MOTE_CBOR_ARRAY && major <= MOTE_CBOR_TAG) {
      frame++;
      frame->left = major == MOTE_CBOR_TAG ? 1 : (uint16_t)scan.value;
      frame->before = 0;
      frame->what = major == MOTE_CBOR_MAP ? NAMES : LIST;
      frame->type = frame->fields = T_any;
      if (wanted->what == CHOICE) {
        number = (scan.at < scan.end ? *scan.at : 0) - 1u;
      }
      right = right && open_as(frame, wanted, number);
    }
    if (!right) {
      refuse(&worst, MOTE_FIELD);
    }
  }
}
