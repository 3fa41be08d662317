/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-pickle-private.h"

/* A pickle is a program for a small stack machine (Python's Lib/pickletools.py documents every
 * instruction). This runs a shadow of that machine whose values know no more than what they are:
 * enough to resolve which names are imported, also through the memo, and what the whole is. */

#define MAX_STACK (1 << 20)
#define MAX_MEMO (1 << 20)
#define MAX_LINE 4096

static gboolean
take_line (Machine       *machine,
           const guint8 **line,
           gsize         *length)
{
  gsize left = machine->length - machine->position;
  const guint8 *start = machine->data + machine->position;
  const guint8 *end = left > 0 ? memchr (start, '\n', left) : NULL;

  if (end == NULL)
    {
      machine->result->truncated = TRUE;
      return FALSE;
    }

  *line = start;
  *length = (gsize) (end - start);
  machine->position += *length + 1;

  return TRUE;
}

static gboolean
push (Machine *machine,
      Value    value)
{
  if (machine->stack->len >= MAX_STACK)
    return FALSE;

  g_array_append_val (machine->stack, value);

  return TRUE;
}

static gboolean
pop (Machine *machine,
     Value   *value)
{
  guint n = machine->stack->len;

  if (n == 0)
    return FALSE;

  if (value != NULL)
    *value = g_array_index (machine->stack, Value, n - 1);
  g_array_set_size (machine->stack, n - 1);

  return TRUE;
}

static Value *
top (Machine *machine,
     guint    depth)
{
  if (machine->stack->len <= depth)
    return NULL;

  return &g_array_index (machine->stack, Value, machine->stack->len - 1 - depth);
}

/* Takes everything down to the mark, the mark too. @first is where it began. */
static gboolean
find_mark (Machine *machine,
           guint   *first)
{
  for (guint i = machine->stack->len; i > 0; i--)
    if (g_array_index (machine->stack, Value, i - 1).kind == VALUE_MARK)
      {
        *first = i;
        return TRUE;
      }

  return FALSE;
}

static gboolean
drop_to_mark (Machine *machine)
{
  guint first;

  if (!find_mark (machine, &first))
    return FALSE;

  g_array_set_size (machine->stack, first - 1);

  return TRUE;
}

static gboolean
make_tuple (Machine *machine,
            guint    first,
            guint    size_after)
{
  guint n = machine->stack->len - first;
  Value tuple = { .kind = VALUE_TUPLE };

  tuple.number = machine->items->len;
  tuple.length_of_tuple = (guint8) MIN (n, MAX_TUPLE);
  tuple.length = n;
  if (machine->items->len > MAX_STACK)
    tuple = other;
  else
    for (guint i = 0; i < tuple.length_of_tuple; i++)
      {
        Value item = g_array_index (machine->stack, Value, first + i);

        g_array_append_val (machine->items, item);
      }
  g_array_set_size (machine->stack, size_after);

  return push (machine, tuple);
}

static gboolean
push_import (Machine      *machine,
             const guint8 *module,
             gsize         module_length,
             const guint8 *name,
             gsize         name_length)
{
  g_autofree char *raw = NULL;
  g_autofree char *text = NULL;
  gpointer known;
  Value value = { .kind = VALUE_IMPORT };

  if (module_length > MAX_LINE || name_length > MAX_LINE)
    return FALSE;

  raw = g_strdup_printf ("%.*s.%.*s", (int) module_length, (const char *) module,
                         (int) name_length, (const char *) name);
  text = g_utf8_make_valid (raw, -1);
  if (g_hash_table_lookup_extended (machine->by_name, text, NULL, &known))
    value.number = GPOINTER_TO_UINT (known);
  else if (machine->names->len >= MAX_STACK / 16)
    return FALSE;
  else
    {
      value.number = machine->names->len;
      granary_pickle_add_import (machine->result, text);
      g_hash_table_insert (machine->by_name, text, GUINT_TO_POINTER (machine->names->len));
      g_ptr_array_add (machine->names, g_steal_pointer (&text));
    }

  return push (machine, value);
}

static const char *
name_of (Machine     *machine,
         const Value *value)
{
  if (value->kind != VALUE_IMPORT && value->kind != VALUE_OBJECT && value->kind != VALUE_STORAGE)
    return NULL;
  if (value->number < 0)
    return NULL;

  return g_ptr_array_index (machine->names, (guint) value->number);
}

/* BINPERSID takes ('storage', class, key, location, elements) in PyTorch's files. */
static Value
storage_of (Machine     *machine,
            const Value *id)
{
  Value kind = tuple_item (machine, id, 0);
  Value class_value = tuple_item (machine, id, 1);
  Value key = tuple_item (machine, id, 2);
  Value storage = { .kind = VALUE_STORAGE, .number = -1 };

  if (!text_is (&kind, "storage"))
    return other;

  if (class_value.kind == VALUE_IMPORT)
    storage.number = class_value.number;
  if (key.kind == VALUE_TEXT)
    {
      storage.at = key.at;
      storage.length = key.length;
    }

  return storage;
}

/* torch._utils._rebuild_tensor_v2 (storage, offset, size, …) and its kin. */
static void
note_tensor (Machine     *machine,
             const char  *function,
             const Value *arguments)
{
  Value storage = tuple_item (machine, arguments, 0);
  Value offset = tuple_item (machine, arguments, 1);
  Value size = tuple_item (machine, arguments, 2);
  const char *type;
  const char *dot;
  gint64 count = 1;
  g_autofree char *key = NULL;

  if (machine->tensor_func == NULL || storage.kind != VALUE_STORAGE || size.kind != VALUE_TUPLE ||
      !g_str_has_prefix (function, "torch._utils._rebuild_tensor"))
    return;

  if (size.length > size.length_of_tuple)
    count = -1;
  for (guint i = 0; i < size.length_of_tuple && count >= 0; i++)
    {
      Value dimension = tuple_item (machine, &size, i);

      if (dimension.kind != VALUE_INT || dimension.number < 0 ||
          __builtin_mul_overflow (count, dimension.number, &count))
        count = -1;
    }

  /* Weights that two layers share are there once. */
  key = g_strdup_printf ("%.*s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                         (int) MIN (storage.length, 64), (const char *) storage.at,
                         offset.kind == VALUE_INT ? offset.number : 0, count);
  if (storage.at != NULL && g_hash_table_contains (machine->tensors, key))
    return;
  if (g_hash_table_size (machine->tensors) < MAX_STACK / 4)
    g_hash_table_add (machine->tensors, g_steal_pointer (&key));

  type = name_of (machine, &storage);
  dot = type != NULL ? strrchr (type, '.') : NULL;
  machine->tensor_func (dot != NULL ? dot + 1 : NULL, count, machine->tensor_data);
}

/* Calls @callable on the stack with @arguments: the result is an object of what it makes. */
static Value
call (Machine     *machine,
      const Value *callable,
      const Value *arguments)
{
  const char *name = name_of (machine, callable);
  Value result = { .kind = VALUE_OBJECT };

  if (callable->kind != VALUE_IMPORT || name == NULL)
    return other;

  /* copyreg and numpy build an object of the class that is the first argument. */
  if (g_str_has_suffix (name, "._reconstructor") || g_str_has_suffix (name, ".__newobj__") ||
      g_str_has_suffix (name, ".multiarray._reconstruct"))
    {
      Value class_value = tuple_item (machine, arguments, 0);

      if (class_value.kind == VALUE_IMPORT)
        {
          result.number = class_value.number;
          return result;
        }
    }
  note_tensor (machine, name, arguments);
  result.number = callable->number;
  if (g_str_equal (name, "numpy.dtype"))
    {
      Value type = tuple_item (machine, arguments, 0);

      if (type.kind == VALUE_TEXT)
        {
          result.at = type.at;
          result.length = type.length;
        }
    }

  return result;
}

static gboolean
remember (Machine *machine,
          guint64  index)
{
  Value *value = top (machine, 0);
  guint position = machine->kept->len;

  if (value == NULL || value->kind == VALUE_MARK || position >= MAX_MEMO || index > G_MAXUINT32)
    return FALSE;

  g_array_append_val (machine->kept, *value);
  g_hash_table_insert (machine->memo, GUINT_TO_POINTER ((guint) index),
                       GUINT_TO_POINTER (position));

  return TRUE;
}

static gboolean
recall (Machine *machine,
        guint64  index)
{
  gpointer position;

  if (index > G_MAXUINT32 ||
      !g_hash_table_lookup_extended (machine->memo, GUINT_TO_POINTER ((guint) index), NULL,
                                     &position))
    return FALSE;

  return push (machine, g_array_index (machine->kept, Value, GPOINTER_TO_UINT (position)));
}

static gboolean
parse_line_number (const guint8 *line,
                   gsize         length,
                   gint64       *number)
{
  char text[24];
  char *end;

  if (length == 0 || length >= sizeof text)
    return FALSE;
  memcpy (text, line, length);
  text[length] = '\0';
  *number = g_ascii_strtoll (text, &end, 10);

  return end != text;
}

static gboolean
push_text (Machine *machine,
           guint64  length)
{
  Value value = { .kind = VALUE_TEXT };
  const guint8 *at;

  if (!take_bytes (machine, length, &at))
    return FALSE;
  value.at = at;
  value.length = (guint32) MIN (length, G_MAXUINT32);

  return push (machine, value);
}

static gboolean
push_int (Machine *machine,
          gint64   number)
{
  Value value = { .kind = VALUE_INT };

  value.number = number;

  return push (machine, value);
}

static void
note_items (Machine *machine)
{
  guint first;

  if (!find_mark (machine, &first))
    return;
  for (guint i = first; i + 1 < machine->stack->len; i += 2)
    granary_pickle_note_item (machine, &g_array_index (machine->stack, Value, i),
                              &g_array_index (machine->stack, Value, i + 1));
}

/* BUILD: the state on top goes into the object below it. */
static gboolean
build (Machine *machine)
{
  Value *object = top (machine, 1);
  const char *name;

  if (object == NULL)
    return FALSE;
  name = name_of (machine, object);

  return pop (machine, NULL) &&
         (g_strcmp0 (name, "joblib.numpy_pickle.NumpyArrayWrapper") != 0 ||
          granary_pickle_skip_array (machine));
}

/* Instructions whose argument ends with the line: all of protocol 0. */
static gboolean
run_line_instruction (Machine *machine,
                      guint8   code)
{
  const guint8 *line, *second;
  gsize length, second_length;
  gint64 number;
  Value value = { .kind = VALUE_TEXT };

  if (!take_line (machine, &line, &length))
    return FALSE;

  switch (code)
    {
    case 'F':
    case 'P':
      return push (machine, other);

    case 'I':
    case 'L':
      return parse_line_number (line, length, &number) ? push_int (machine, number)
                                                       : push (machine, other);

    case 'S':
      /* In quotes. */
      if (length >= 2)
        {
          line++;
          length -= 2;
        }
      G_GNUC_FALLTHROUGH;

    case 'V':
      value.at = line;
      value.length = (guint32) MIN (length, G_MAXUINT32);
      return push (machine, value);

    case 'c':
      return take_line (machine, &second, &second_length) &&
             push_import (machine, line, length, second, second_length);

    case 'i':
      if (!take_line (machine, &second, &second_length) || !drop_to_mark (machine) ||
          !push_import (machine, line, length, second, second_length))
        return FALSE;
      top (machine, 0)->kind = VALUE_OBJECT;
      return TRUE;

    case 'g':
      return parse_line_number (line, length, &number) && recall (machine, (guint64) number);

    case 'p':
      return parse_line_number (line, length, &number) && remember (machine, (guint64) number);

    default:
      g_assert_not_reached ();
    }
}

/* Instructions that take or make values by what is on the stack. */
static gboolean
run_stack_instruction (Machine *machine,
                       guint8   code)
{
  Value first, second;
  guint mark;

  switch (code)
    {
    case '(':
      first = other;
      first.kind = VALUE_MARK;
      return push (machine, first);

    case '0':
      return pop (machine, NULL);

    case '1':
      return drop_to_mark (machine);

    case '2':
      return top (machine, 0) != NULL && push (machine, *top (machine, 0));

    case 't':
      return find_mark (machine, &mark) && make_tuple (machine, mark, mark - 1);

    case ')':
      return make_tuple (machine, machine->stack->len, machine->stack->len);

    case 0x85:
    case 0x86:
    case 0x87:
      mark = code - 0x84u;
      return machine->stack->len >= mark &&
             make_tuple (machine, machine->stack->len - mark, machine->stack->len - mark);

    case 'l':
    case 'd':
    case 0x91: /* FROZENSET */
      first = other;
      first.kind = code == 'l' ? VALUE_LIST : code == 'd' ? VALUE_DICT : VALUE_OTHER;
      return drop_to_mark (machine) && push (machine, first);

    case ']':
    case '}':
      first = other;
      first.kind = code == ']' ? VALUE_LIST : VALUE_DICT;
      return push (machine, first);

    case 'u':
      note_items (machine);
      return drop_to_mark (machine) && machine->stack->len > 0;

    case 'e':
    case 0x90: /* ADDITEMS */
      return drop_to_mark (machine) && machine->stack->len > 0;

    case 'a':
      return machine->stack->len >= 2 && pop (machine, NULL);

    case 'b':
      return build (machine);

    case 's':
      if (machine->stack->len < 3)
        return FALSE;
      granary_pickle_note_item (machine, top (machine, 1), top (machine, 0));
      return pop (machine, NULL) && pop (machine, NULL);

    case 'Q':
      return pop (machine, &first) && push (machine, storage_of (machine, &first));

    case 'R':
    case 0x81: /* NEWOBJ */
      return pop (machine, &second) && pop (machine, &first) &&
             push (machine, call (machine, &first, &second));

    case 0x92: /* NEWOBJ_EX */
      return pop (machine, NULL) && pop (machine, &second) && pop (machine, &first) &&
             push (machine, call (machine, &first, &second));

    case 'o':
      if (!find_mark (machine, &mark) || mark >= machine->stack->len)
        return FALSE;
      first = g_array_index (machine->stack, Value, mark);
      g_array_set_size (machine->stack, mark - 1);
      return push (machine, call (machine, &first, &other));

    case 0x93: /* STACK_GLOBAL */
      return pop (machine, &second) && pop (machine, &first) && first.kind == VALUE_TEXT &&
             second.kind == VALUE_TEXT &&
             push_import (machine, first.at, first.length, second.at, second.length);

    case 0x94: /* MEMOIZE */
      return remember (machine, g_hash_table_size (machine->memo));

    case 0x98: /* READONLY_BUFFER */
      return TRUE;

    default: /* N, NEWTRUE, NEWFALSE, EMPTY_SET, NEXT_BUFFER */
      return push (machine, other);
    }
}

/* LONG1 and LONG4: little endian, two's complement. */
static gboolean
push_long (Machine *machine,
           guint64  length)
{
  const guint8 *bytes;
  guint64 number = 0;

  if (!take_bytes (machine, length, &bytes))
    return FALSE;
  if (length > 8)
    return push (machine, other);
  for (guint64 i = 0; i < length; i++)
    number |= (guint64) bytes[i] << (8 * i);
  if (length > 0 && length < 8 && (bytes[length - 1] & 0x80) != 0)
    number |= G_MAXUINT64 << (8 * length);

  return push_int (machine, (gint64) number);
}

/* Instructions with a number of fixed width, little endian, and what is done with it. */
typedef enum
{
  ACTION_NOTHING,  /* the number is all there is */
  ACTION_OTHER,    /* a value that does not matter */
  ACTION_INT,
  ACTION_INT32,    /* with a sign */
  ACTION_TEXT,     /* that many bytes follow */
  ACTION_LONG,     /* that many bytes of a number follow */
  ACTION_RECALL,
  ACTION_REMEMBER,
} Action;

typedef struct
{
  guint8 code;
  guint8 width;
  Action action;
} Sized;

static const Sized sized_instructions[] = {
  { 'q', 1, ACTION_REMEMBER },
  { 'h', 1, ACTION_RECALL },
  { 'r', 4, ACTION_REMEMBER },
  { 'j', 4, ACTION_RECALL },
  { 'K', 1, ACTION_INT },
  { 'M', 2, ACTION_INT },
  { 'J', 4, ACTION_INT32 },
  { 'X', 4, ACTION_TEXT },
  { 0x8c, 1, ACTION_TEXT }, /* SHORT_BINUNICODE */
  { 'U', 1, ACTION_TEXT },
  { 'C', 1, ACTION_TEXT },
  { 'T', 4, ACTION_TEXT },
  { 'B', 4, ACTION_TEXT },
  { 0x8d, 8, ACTION_TEXT }, /* BINUNICODE8 */
  { 0x8e, 8, ACTION_TEXT }, /* BINBYTES8 */
  { 0x96, 8, ACTION_TEXT }, /* BYTEARRAY8 */
  { 0x8a, 1, ACTION_LONG }, /* LONG1 */
  { 0x8b, 4, ACTION_LONG }, /* LONG4 */
  { 'G', 8, ACTION_OTHER },
  { 0x82, 1, ACTION_OTHER }, /* EXT1, EXT2, EXT4: classes registered outside the file */
  { 0x83, 2, ACTION_OTHER },
  { 0x84, 4, ACTION_OTHER },
  { 0x80, 1, ACTION_NOTHING }, /* PROTO */
  { 0x95, 8, ACTION_NOTHING }, /* FRAME */
};

static gboolean
run_sized_instruction (Machine *machine,
                       guint    width,
                       Action   action)
{
  guint64 number;

  if (!take_number (machine, width, &number))
    return FALSE;

  switch (action)
    {
    case ACTION_OTHER:
      return push (machine, other);

    case ACTION_INT:
      return push_int (machine, (gint64) number);

    case ACTION_INT32:
      return push_int (machine, (gint32) number);

    case ACTION_TEXT:
      return push_text (machine, number);

    case ACTION_LONG:
      return push_long (machine, number);

    case ACTION_RECALL:
      return recall (machine, number);

    case ACTION_REMEMBER:
      return remember (machine, number);

    case ACTION_NOTHING:
    default:
      return TRUE;
    }
}

static gboolean
run_instruction (Machine *machine,
                 guint8   code)
{
  static const char with_line[] = "FILPSVcgip";
  static const char on_stack[] = "()012NQR]abdelostu}\x81\x85\x86\x87\x88\x89\x8f"
                                 "\x90\x91\x92\x93\x94\x97\x98";

  if (memchr (on_stack, code, sizeof on_stack - 1) != NULL)
    return run_stack_instruction (machine, code);
  for (guint i = 0; i < G_N_ELEMENTS (sized_instructions); i++)
    if (sized_instructions[i].code == code)
      return run_sized_instruction (machine, sized_instructions[i].width,
                                    sized_instructions[i].action);

  return memchr (with_line, code, sizeof with_line - 1) != NULL &&
         run_line_instruction (machine, code);
}

static char *
describe_root (Machine *machine)
{
  Value *value = top (machine, 0);

  if (value == NULL)
    return NULL;

  switch ((ValueKind) value->kind)
    {
    case VALUE_DICT:
      return g_strdup ("dict");

    case VALUE_LIST:
      return g_strdup ("list");

    case VALUE_TUPLE:
      return g_strdup ("tuple");

    case VALUE_OBJECT:
    case VALUE_IMPORT:
      return g_strdup (name_of (machine, value));

    case VALUE_OTHER:
    case VALUE_MARK:
    case VALUE_INT:
    case VALUE_TEXT:
    case VALUE_STORAGE:
    default:
      return NULL;
    }
}

GranaryPickle *
granary_pickle_scan_nested (const guint8            *data,
                            gsize                    length,
                            GranaryPickleTensorFunc  tensor_func,
                            gpointer                 tensor_data,
                            guint                    nested,
                            GCancellable            *cancellable)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Value));
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (Value));
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Value));
  g_autoptr (GHashTable) memo = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GranaryPickle) result = g_new0 (GranaryPickle, 1);
  Machine machine = { 0 };

  result->imports = g_ptr_array_new_with_free_func (g_free);
  machine.data = data;
  machine.length = length;
  machine.stack = stack;
  machine.kept = kept;
  machine.items = items;
  machine.memo = memo;
  machine.names = names;
  machine.by_name = by_name;
  machine.tensors = tensors;
  machine.tensor_func = tensor_func;
  machine.tensor_data = tensor_data;
  machine.nested = nested;
  machine.cancellable = cancellable;
  machine.result = result;

  for (guint n = 0; ; n++)
    {
      guint64 code;

      if ((n & 0xfff) == 0 && g_cancellable_is_cancelled (cancellable))
        break;
      if (!take_number (&machine, 1, &code))
        break;
      if (code == '.')
        {
          result->complete = TRUE;
          result->length = machine.position;
          result->root = describe_root (&machine);
          break;
        }
      if (!run_instruction (&machine, (guint8) code))
        break;
    }

  return g_steal_pointer (&result);
}

/**
 * granary_pickle_scan:
 * @data: a pickle
 * @length: its bytes
 * @tensor_func: (nullable) (scope call): told of each tensor of a PyTorch file
 * @tensor_data: passed to @tensor_func
 * @cancellable: (nullable): stops it
 *
 * Reads the instructions of a pickle without running them. Stops at the first one that is unknown
 * or cannot be; what came before is kept.
 *
 * Returns: (transfer full): what was found
 */
GranaryPickle *
granary_pickle_scan (const guint8            *data,
                     gsize                    length,
                     GranaryPickleTensorFunc  tensor_func,
                     gpointer                 tensor_data,
                     GCancellable            *cancellable)
{
  g_return_val_if_fail (data != NULL || length == 0, NULL);

  return granary_pickle_scan_nested (data, length, tensor_func, tensor_data, 0, cancellable);
}

/**
 * granary_pickle_free:
 * @self: (nullable): the result of a scan
 */
void
granary_pickle_free (GranaryPickle *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->imports);
  g_free (self->root);
  g_free (self->sklearn_version);
  g_free (self);
}
