using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of <c>show</c>, and of a thread after a change.</summary>
/// <param name="thread">The thread.</param>
/// <param name="path">Its file, or null.</param>
sealed class ThreadDetailJson(StoredThread thread, string? path)
{
    /// <summary>Gets the page of turns to include, or null.</summary>
    public Page<Turn>? Turns { get; init; }

    /// <summary>Gets what could not be done beside a change, or null when nothing was changed.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Gets the other rollouts that say they are the thread, or null when they were not asked for.</summary>
    public OtherRollouts? Others { get; init; }

    /// <summary>Gets the page of items to include, or null.</summary>
    public Page<RolloutItem>? Items { get; init; }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("thread"u8);
        ThreadJson.Write(writer, thread, path);
        if (Turns is not null)
        {
            writer.WriteStartArray("turns"u8);
            foreach (var turn in Turns.Items)
                TurnDetailJson.Write(writer, thread, turn);
            writer.WriteEndArray();
            writer.WriteString("nextCursor"u8, Turns.NextCursor);
        }
        else if (Items is not null)
        {
            writer.WriteStartArray("items"u8);
            foreach (var item in Items.Items)
                ItemJson.Write(writer, item);
            writer.WriteEndArray();
            writer.WriteString("nextCursor"u8, Items.NextCursor);
        }
        Others?.Write(writer);
        if (Warnings is not null)
        {
            writer.WriteStartArray("warnings"u8);
            foreach (var warning in Warnings)
                writer.WriteStringValue(warning);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
