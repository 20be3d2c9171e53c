using System.Text.Json;

namespace Spool;

/// <summary>How many tokens were used.</summary>
/// <param name="Input">Those that the model read.</param>
/// <param name="Output">Those that it wrote, its reasoning included.</param>
public sealed record TokenUsage(long Input, long Output)
{
    /// <summary>Gets those of <see cref="Input"/> that the provider had kept from an earlier call.</summary>
    public long CachedInput { get; init; }

    /// <summary>Gets those of <see cref="Output"/> that were reasoning.</summary>
    public long ReasoningOutput { get; init; }

    /// <summary>Gets all of them.</summary>
    public long Total => Input + Output;

    internal void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("input_tokens"u8, Input);
        json.WriteNumber("cached_input_tokens"u8, CachedInput);
        json.WriteNumber("output_tokens"u8, Output);
        json.WriteNumber("reasoning_output_tokens"u8, ReasoningOutput);
        json.WriteNumber("total_tokens"u8, Total);
        json.WriteEndObject();
    }
}

/// <summary>How many tokens the thread has used.</summary>
/// <param name="Thread">Those of the whole thread so far.</param>
/// <param name="Last">Those of the last call of the model: what it read then is how full its context is.</param>
public sealed record TokenCountEntry(TokenUsage Thread, TokenUsage Last) : ThreadEntry
{
    /// <summary>Gets how many tokens the model takes, or null where that is not known.</summary>
    public long? ContextWindow { get; init; }

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Thread);
        ArgumentNullException.ThrowIfNull(Last);
    }

    private protected override void Write(EntryItems items) =>
        items.Event(
            "token_count",
            json =>
            {
                json.WriteStartObject("info"u8);
                Thread.Write(json, "total_token_usage");
                Last.Write(json, "last_token_usage");
                if (ContextWindow is { } tokens)
                    json.WriteNumber("model_context_window"u8, tokens);
                else
                    json.WriteNull("model_context_window"u8);
                json.WriteEndObject();
                json.WriteNull("rate_limits"u8);
            }
        );
}
