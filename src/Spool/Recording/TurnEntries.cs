using System.Text.Json;

namespace Spool;

/// <summary>The beginning of a turn.</summary>
public sealed record TurnStartedEntry : ThreadEntry
{
    /// <summary>Gets how many tokens the model takes, or null where that is not known.</summary>
    public long? ContextWindow { get; init; }

    private protected override void Write(EntryItems items) =>
        items.Event(
            "task_started",
            json =>
            {
                json.WriteString("turn_id"u8, items.Place.TurnId);
                json.WriteString("root_turn_id"u8, items.Place.TurnId);
                json.WriteNumber("started_at"u8, items.Place.Time.ToUnixTimeSeconds());
                if (ContextWindow is { } tokens)
                    json.WriteNumber("model_context_window"u8, tokens);
                else
                    json.WriteNull("model_context_window"u8);
                json.WriteString("collaboration_mode_kind"u8, "default"u8);
            }
        );
}

/// <summary>The end of a turn that was not interrupted.</summary>
/// <param name="StartedAt">When the turn began.</param>
public sealed record TurnEndedEntry(DateTimeOffset StartedAt) : ThreadEntry
{
    /// <summary>Gets the answer, or null when there was none.</summary>
    public string? Answer { get; init; }

    /// <summary>Gets why the turn failed, or null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Gets what kind of error it was, such as <c>usage_limit_exceeded</c>, or null. A Codex that does not know the code takes it
    /// for <c>other</c>.</summary>
    public string? ErrorCode { get; init; }

    private protected override void Write(EntryItems items) =>
        items.Event(
            "task_complete",
            json =>
            {
                json.WriteString("root_turn_id"u8, items.Place.TurnId);
                json.WriteString("turn_id"u8, items.Place.TurnId);
                json.WriteString("last_agent_message"u8, Answer);
                if (Error is not null)
                {
                    json.WriteStartObject("error"u8);
                    json.WriteString("message"u8, Error);
                    json.WriteString("codex_error_info"u8, ErrorCode);
                    json.WriteEndObject();
                }
                WriteTimes(json, items.Place.Time, StartedAt);
            }
        );

    // A record that ends a turn and does not say when it began takes that from the turn, for Codex.
    internal static void WriteTimes(Utf8JsonWriter json, DateTimeOffset ended, DateTimeOffset? started)
    {
        if (started is { } began)
            json.WriteNumber("started_at"u8, began.ToUnixTimeSeconds());
        json.WriteNumber("completed_at"u8, ended.ToUnixTimeSeconds());
        if (started is { } time)
            json.WriteNumber("duration_ms"u8, Math.Max(0, (ended - time).Ticks / TimeSpan.TicksPerMillisecond));
    }
}

/// <summary>The end of a turn that was interrupted: by the user, or by the death of the program that recorded it.</summary>
public sealed record TurnInterruptedEntry : ThreadEntry
{
    /// <summary>Gets when the turn began, or null where that is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    private protected override void Write(EntryItems items) =>
        items.Event(
            "turn_aborted",
            json =>
            {
                json.WriteString("turn_id"u8, items.Place.TurnId);
                json.WriteString("reason"u8, "interrupted"u8);
                TurnEndedEntry.WriteTimes(json, items.Place.Time, StartedAt);
            }
        );
}
