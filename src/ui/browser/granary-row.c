/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-row.h"

struct _GranaryRow
{
  GObject             parent_instance;

  gint64              id;
  gint64              model_id;
  char               *model_name; /* (owned) (nullable): of versions only */
  int                 number;     /* 0 for a model */
  guint               position;   /* where it stood when it was made; a hint */
  guint               n_holds;
  GranaryRowText     *text;       /* (owned) (nullable) */
  char               *progress;   /* (owned) (nullable): of a transfer about it */
  gboolean            serving;    /* a running service runs it; versions only */
  GranaryRowText     *shown;      /* (owned) (nullable): all, while there is more than the text */

  gpointer            owner;      /* unowned; takes itself back before it goes */
  GranaryRowWantFunc  want;
  GranaryRowDropFunc  drop;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryRow, granary_row, G_TYPE_OBJECT)

static void
granary_row_finalize (GObject *object)
{
  GranaryRow *self = GRANARY_ROW (object);

  g_clear_pointer (&self->text, granary_row_text_unref);
  g_clear_pointer (&self->shown, granary_row_text_unref);
  g_free (self->progress);
  g_free (self->model_name);

  G_OBJECT_CLASS (granary_row_parent_class)->finalize (object);
}

static void
granary_row_class_init (GranaryRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_row_finalize;

  signals[CHANGED] = g_signal_new ("changed",
                                   G_TYPE_FROM_CLASS (klass),
                                   G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
granary_row_init (GranaryRow *self)
{
}

/**
 * granary_row_new_model:
 * @id: row of the model in the catalogue
 * @position: where it stands in its list now
 *
 * Returns: (transfer full): a row without texts
 */
GranaryRow *
granary_row_new_model (gint64 id,
                       guint  position)
{
  GranaryRow *self = g_object_new (GRANARY_TYPE_ROW, NULL);

  self->id = id;
  self->model_id = id;
  self->position = position;

  return self;
}

/**
 * granary_row_new_version:
 * @id: row of the version in the catalogue
 * @model_id: row of its model
 * @number: its number, 1 or more
 * @model_name: name of its model
 * @text: its texts
 *
 * Returns: (transfer full): a row that keeps its texts
 */
GranaryRow *
granary_row_new_version (gint64          id,
                         gint64          model_id,
                         int             number,
                         const char     *model_name,
                         GranaryRowText *text)
{
  GranaryRow *self;

  g_return_val_if_fail (number > 0, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_ROW, NULL);
  self->id = id;
  self->model_id = model_id;
  self->number = number;
  self->model_name = g_strdup (model_name);
  self->text = granary_row_text_ref (text);

  return self;
}

gboolean
granary_row_is_version (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), FALSE);

  return self->number > 0;
}

gint64
granary_row_get_id (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), 0);

  return self->id;
}

gint64
granary_row_get_model_id (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), 0);

  return self->model_id;
}

int
granary_row_get_number (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), 0);

  return self->number;
}

/**
 * granary_row_get_model_name:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): name of the model; %NULL for a model whose texts are not
 *   there
 */
const char *
granary_row_get_model_name (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), NULL);

  if (self->number > 0)
    return self->model_name;

  return self->text != NULL ? self->text->name : NULL;
}

guint
granary_row_get_position (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), 0);

  return self->position;
}

/**
 * granary_row_set_owner:
 * @self: a row
 * @owner: (nullable): who keeps its texts
 * @want: (nullable): called when the first cell shows the row
 * @drop: (nullable): called when the last one let go of it
 *
 * The owner must take itself back (all %NULL) before it goes away.
 */
void
granary_row_set_owner (GranaryRow         *self,
                       gpointer            owner,
                       GranaryRowWantFunc  want,
                       GranaryRowDropFunc  drop)
{
  g_return_if_fail (GRANARY_IS_ROW (self));

  self->owner = owner;
  self->want = want;
  self->drop = drop;
}

/**
 * granary_row_hold:
 * @self: a row
 *
 * A cell shows the row from now on. Its texts are asked for when they are not there.
 */
void
granary_row_hold (GranaryRow *self)
{
  g_return_if_fail (GRANARY_IS_ROW (self));

  if (self->n_holds++ == 0 && self->want != NULL)
    self->want (self->owner, self);
}

/**
 * granary_row_release:
 * @self: a row
 *
 * Undoes one granary_row_hold().
 */
void
granary_row_release (GranaryRow *self)
{
  g_return_if_fail (GRANARY_IS_ROW (self));
  g_return_if_fail (self->n_holds > 0);

  if (--self->n_holds > 0)
    return;

  if (self->drop != NULL)
    self->drop (self->owner, self);
  if (self->number == 0)
    g_clear_pointer (&self->text, granary_row_text_unref);
  g_clear_pointer (&self->shown, granary_row_text_unref);
}

static void
update_shown (GranaryRow *self)
{
  g_clear_pointer (&self->shown, granary_row_text_unref);
  if (self->text != NULL && self->progress != NULL)
    self->shown = granary_row_text_new_with_progress (self->text, self->number, self->progress);
  else if (self->text != NULL && self->serving)
    self->shown = granary_row_text_new_serving (self->text, self->number);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * granary_row_get_text:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its texts, or %NULL until they come
 */
const GranaryRowText *
granary_row_get_text (GranaryRow *self)
{
  g_return_val_if_fail (GRANARY_IS_ROW (self), NULL);

  return self->shown != NULL ? self->shown : self->text;
}

/**
 * granary_row_set_text:
 * @self: a row
 * @text: its texts
 *
 * Tells the cells that show the row.
 */
void
granary_row_set_text (GranaryRow     *self,
                      GranaryRowText *text)
{
  g_return_if_fail (GRANARY_IS_ROW (self));
  g_return_if_fail (text != NULL);

  if (self->text == text)
    return;

  g_clear_pointer (&self->text, granary_row_text_unref);
  self->text = granary_row_text_ref (text);
  update_shown (self);
}

/**
 * granary_row_set_progress:
 * @self: a row
 * @progress: (nullable): how far a transfer about it is, such as “Uploading 42%”
 *
 * Shows that in the place of the status.
 */
void
granary_row_set_progress (GranaryRow *self,
                          const char *progress)
{
  g_return_if_fail (GRANARY_IS_ROW (self));

  if (g_set_str (&self->progress, progress))
    update_shown (self);
}

/**
 * granary_row_set_serving:
 * @self: row of a version
 * @serving: whether a running service runs it
 *
 * Says so beside its number.
 */
void
granary_row_set_serving (GranaryRow *self,
                         gboolean    serving)
{
  g_return_if_fail (GRANARY_IS_ROW (self));
  g_return_if_fail (self->number > 0);

  if (self->serving == serving)
    return;

  self->serving = serving;
  update_shown (self);
}
