/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-catalog-writer.h"
#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>

#define MAX_REPAIRS_TOLD 3

static char *
make_delete_title (const char          *object,
                   int                  number,
                   const GranaryImpact *impact)
{
  if (object != NULL)
    {
      g_autofree char *shown = granary_display_path (object);
      g_autofree char *version = number > 0 ? granary_wording_version (shown, number) : NULL;

      return g_strdup_printf (_("Delete “%s”?"), version != NULL ? version : shown);
    }

  if (impact->n_models > 0)
    return g_strdup_printf (ngettext ("Delete %d Model?", "Delete %d Models?", impact->n_models),
                            impact->n_models);

  return g_strdup_printf (ngettext ("Delete %d Version?", "Delete %d Versions?",
                                    impact->n_versions),
                          impact->n_versions);
}

/* What goes: “The model and its 3 versions (1.2 GB) move to the trash.” */
static char *
make_delete_extent (const GranaryImpact *impact)
{
  g_autofree char *size = granary_wording_size (impact->size);

  if (impact->n_models == 0)
    return g_strdup_printf (ngettext ("The version (%1$s) moves to the trash.",
                                      "%2$d versions (%1$s) move to the trash.",
                                      impact->n_versions),
                            size, impact->n_versions);

  if (impact->n_models == 1)
    {
      if (impact->n_versions == 0)
        return g_strdup (_("The model has no versions. It moves to the trash."));

      return g_strdup_printf (ngettext ("The model and its only version (%1$s) move to the trash.",
                                        "The model and all its %2$d versions (%1$s) move to the "
                                        "trash.",
                                        impact->n_versions),
                              size, impact->n_versions);
    }

  if (impact->n_versions == 0)
    return g_strdup (_("The models have no versions. They move to the trash."));

  return g_strdup_printf (ngettext ("The models and their only version (%1$s) move to the trash.",
                                    "The models and all their %2$d versions (%1$s) move to the "
                                    "trash.",
                                    impact->n_versions),
                          size, impact->n_versions);
}

/* The way back, and what emptying the trash would give. */
static char *
make_delete_return (const GranaryImpact *impact)
{
  g_autofree char *freed = granary_wording_size (impact->freed);

  if (impact->freed <= 0)
    return g_strdup (_("They can be restored from there. Emptying the trash gives back no disk "
                       "space, because other versions share the content."));

  return g_strdup_printf (_("They can be restored from there until the trash is emptied, which "
                            "gives back %s."),
                          freed);
}

/**
 * granary_wording_for_delete:
 * @object: (nullable): name of the model, or %NULL for several things at once
 * @number: the version, or 0 for the whole model
 * @impact: what goes
 *
 * Asks whether to delete, and says what that means.
 *
 * Returns: (transfer full): title, body, and the label of the button that deletes
 */
GranaryWording *
granary_wording_for_delete (const char          *object,
                            int                  number,
                            const GranaryImpact *impact)
{
  g_autofree char *extent = NULL;
  g_autofree char *way_back = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (impact != NULL, NULL);

  extent = make_delete_extent (impact);
  if (impact->n_versions == 0 && impact->n_models > 1)
    way_back = g_strdup (_("They can be restored from there until the trash is emptied."));
  else if (impact->n_versions == 0)
    way_back = g_strdup (_("It can be restored from there until the trash is emptied."));
  else if (impact->n_models == 0 && impact->n_versions == 1 && impact->freed > 0)
    {
      g_autofree char *freed = granary_wording_size (impact->freed);

      way_back = g_strdup_printf (_("It can be restored from there until the trash is emptied, "
                                    "which gives back %s."),
                                  freed);
    }
  else if (impact->n_models == 0 && impact->n_versions == 1)
    way_back = g_strdup (_("It can be restored from there. Emptying the trash gives back no disk "
                           "space, because other versions share the content."));
  else
    way_back = make_delete_return (impact);

  body = granary_wording_join (extent, way_back);

  if (impact->n_services > 0)
    {
      g_autofree char *without = g_steal_pointer (&body);
      g_autofree char *services =
        g_strdup_printf (ngettext ("%d service uses it. A running service keeps running; once "
                                   "stopped it cannot be started again until this is restored.",
                                   "%d services use it. A running service keeps running; once "
                                   "stopped it cannot be started again until this is restored.",
                                   impact->n_services),
                         impact->n_services);

      body = granary_wording_join (without, services);
    }

  return granary_wording_new (make_delete_title (object, number, impact),
                              g_steal_pointer (&body),
                              _("_Delete"),
                              GRANARY_WAY_OUT_NONE);
}

/* “The version is deleted from the platform.” */
static char *
make_forever_extent (const GranaryImpact *impact)
{
  if (impact->n_models == 0)
    return g_strdup_printf (ngettext ("The version is deleted from the platform.",
                                      "%d versions are deleted from the platform.",
                                      impact->n_versions),
                            impact->n_versions);
  if (impact->n_versions == 0)
    return g_strdup_printf (ngettext ("The model is deleted from the platform.",
                                      "%d models are deleted from the platform.",
                                      impact->n_models),
                            impact->n_models);
  if (impact->n_models == 1)
    return g_strdup_printf (ngettext ("The model and its only version are deleted from the "
                                      "platform.",
                                      "The model and all its %d versions are deleted from the "
                                      "platform.",
                                      impact->n_versions),
                            impact->n_versions);

  return g_strdup_printf (ngettext ("The models and their only version are deleted from the "
                                    "platform.",
                                    "The models and all their %d versions are deleted from the "
                                    "platform.",
                                    impact->n_versions),
                          impact->n_versions);
}

/**
 * granary_wording_for_delete_forever:
 * @object: (nullable): name of the model, or %NULL for several things at once
 * @number: the version, or 0 for the whole model
 * @impact: what goes
 *
 * Asks whether to delete where there is no trash, and says what that means.
 *
 * Returns: (transfer full): title, body, and the label of the button that deletes
 */
GranaryWording *
granary_wording_for_delete_forever (const char          *object,
                                    int                  number,
                                    const GranaryImpact *impact)
{
  g_autofree char *extent = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (impact != NULL, NULL);

  extent = make_forever_extent (impact);
  body = granary_wording_join (extent, _("This cannot be undone."));
  if (impact->n_services > 0)
    {
      g_autofree char *without = g_steal_pointer (&body);
      g_autofree char *services =
        g_strdup_printf (ngettext ("%d service uses it. A running service keeps running; once "
                                   "stopped it cannot be started again.",
                                   "%d services use it. A running service keeps running; once "
                                   "stopped it cannot be started again.",
                                   impact->n_services),
                         impact->n_services);

      body = granary_wording_join (without, services);
    }

  return granary_wording_new (make_delete_title (object, number, impact),
                              g_steal_pointer (&body),
                              _("_Delete"),
                              GRANARY_WAY_OUT_NONE);
}

/**
 * granary_wording_for_purge:
 * @n_entries: how many things in the trash
 * @freed: bytes that come back, 0 when others share the content, -1 when that is not known
 *
 * Asks whether to delete for good.
 *
 * Returns: (transfer full): title, body, and the label of the button that does it
 */
GranaryWording *
granary_wording_for_purge (guint  n_entries,
                           gint64 freed)
{
  g_autofree char *gain = NULL;

  if (freed > 0)
    {
      g_autofree char *size = granary_wording_size (freed);

      gain = g_strdup_printf (_("It gives back %s of disk space."), size);
    }
  else if (freed == 0)
    gain = g_strdup (_("It gives back no disk space, because other versions share the content."));

  return granary_wording_new (
    g_strdup_printf (ngettext ("Permanently Delete %u Item?", "Permanently Delete %u Items?",
                               n_entries),
                     n_entries),
    granary_wording_join (_("What is deleted from the trash cannot be restored."), gain),
    _("_Delete Permanently"),
    GRANARY_WAY_OUT_NONE);
}

/**
 * granary_wording_for_replace:
 * @object: (nullable): the version, such as `plate-ocr v6`
 * @n_files: how many files would be replaced
 *
 * Asks whether files of a version may be replaced.
 *
 * Returns: (transfer full): title, body, and the label of the button that replaces
 */
GranaryWording *
granary_wording_for_replace (const char *object,
                             guint       n_files)
{
  g_autofree char *shown = object != NULL ? granary_display_path (object) : NULL;
  g_autofree char *found = NULL;

  if (shown != NULL)
    found = g_strdup_printf (ngettext ("“%1$s” already has a file of this name, with other "
                                       "content.",
                                       "“%1$s” already has %2$u files of these names, with other "
                                       "content.",
                                       n_files),
                             shown, n_files);
  else
    found = g_strdup_printf (ngettext ("The version already has a file of this name, with other "
                                       "content.",
                                       "The version already has %u files of these names, with "
                                       "other content.",
                                       n_files),
                             n_files);

  return granary_wording_new (
    g_strdup_printf (ngettext ("Replace %u File?", "Replace %u Files?", n_files), n_files),
    granary_wording_join (found, _("What is replaced cannot be restored; to keep it, import a "
                                   "new version instead.")),
    _("_Replace"),
    GRANARY_WAY_OUT_REPLACE);
}

/* “The interrupted import of “plate-ocr v6” was undone.” */
static char *
make_repair (const GranaryRepair *repair)
{
  g_autofree char *name = repair->model_name != NULL ? granary_display_path (repair->model_name)
                                                     : g_strdup (_("unnamed"));
  g_autofree char *thing = granary_wording_version (name, repair->number);

  switch ((GranaryOperationKind) repair->kind)
    {
    case GRANARY_OPERATION_IMPORT:
      return g_strdup_printf (repair->finished
                                ? _("The interrupted import of “%s” was finished.")
                                : _("The interrupted import of “%s” was undone."),
                              thing);
    case GRANARY_OPERATION_UPLOAD:
      return g_strdup_printf (repair->finished
                                ? _("The interrupted upload to “%s” was finished.")
                                : _("The interrupted upload to “%s” was undone."),
                              thing);
    case GRANARY_OPERATION_CUT:
      return g_strdup_printf (repair->finished
                                ? _("The files cut for “%s” were removed from where they were.")
                                : _("The files cut for “%s” still are where they were."),
                              thing);
    case GRANARY_OPERATION_DELETE:
      return g_strdup_printf (repair->finished
                                ? _("The interrupted deletion of “%s” was finished.")
                                : _("The interrupted deletion of “%s” was undone."),
                              thing);
    case GRANARY_OPERATION_RESTORE:
      return g_strdup_printf (repair->finished
                                ? _("The interrupted restoring of “%s” was finished.")
                                : _("The interrupted restoring of “%s” was undone."),
                              thing);
    case GRANARY_OPERATION_PURGE:
      return g_strdup_printf (repair->finished
                                ? _("The interrupted permanent deletion of “%s” was finished.")
                                : _("The interrupted permanent deletion of “%s” was undone."),
                              thing);
    case GRANARY_OPERATION_RENAME:
      return g_strdup_printf (repair->finished
                                ? _("The interrupted renaming to “%s” was finished.")
                                : _("The interrupted renaming to “%s” was undone."),
                              thing);
    default:
      return g_strdup_printf (repair->finished
                                ? _("Interrupted work on “%s” was finished.")
                                : _("Interrupted work on “%s” was undone."),
                              thing);
    }
}

/**
 * granary_wording_for_repairs:
 * @repairs: (element-type GranaryRepair): what opening put right
 *
 * Says what was in flight when Granary or the computer stopped, and what became of it.
 *
 * Returns: (transfer full) (nullable): some sentences; %NULL when there was nothing to repair
 */
char *
granary_wording_for_repairs (GPtrArray *repairs)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (repairs != NULL, NULL);

  for (guint i = 0; i < repairs->len && i < MAX_REPAIRS_TOLD; i++)
    {
      g_autofree char *before = g_steal_pointer (&text);
      g_autofree char *repair = make_repair (g_ptr_array_index (repairs, i));

      text = before != NULL ? granary_wording_join (before, repair) : g_steal_pointer (&repair);
    }

  if (repairs->len > MAX_REPAIRS_TOLD)
    {
      guint n_more = repairs->len - MAX_REPAIRS_TOLD;
      g_autofree char *before = g_steal_pointer (&text);
      g_autofree char *more =
        g_strdup_printf (ngettext ("%u more interrupted operation was put right.",
                                   "%u more interrupted operations were put right.",
                                   n_more),
                         n_more);

      text = granary_wording_join (before, more);
    }

  return g_steal_pointer (&text);
}

/**
 * granary_wording_for_freed:
 * @bytes: what a permanent deletion gave back
 *
 * Returns: (transfer full): a short sentence without full stop
 */
char *
granary_wording_for_freed (gint64 bytes)
{
  g_autofree char *size = NULL;

  if (bytes <= 0)
    return g_strdup (_("No disk space came back: other versions share the content"));

  size = granary_wording_size (bytes);
  return g_strdup_printf (_("%s of disk space came back"), size);
}
