using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Says how many tokens a turn took.</summary>
static class TokenText
{
    /// <summary>Gives the words, or null when the item has no number.</summary>
    public static string? Of(ThreadItem item)
    {
        var (turn, total) = (item.Json["turn"] as JsonObject, item.Json["total"] as JsonObject);
        var parts = new List<string>();
        if (turn is not null)
        {
            Add(parts, turn, "inputTokens", "in", ("cachedInputTokens", "cached"));
            Add(parts, turn, "outputTokens", "out", ("reasoningOutputTokens", "reasoning"));
        }
        if (total is not null && ItemView.Number(total["totalTokens"]) is { } all)
            parts.Add($"{Count(all)} in all");
        if (ItemView.Number(item.Json["modelContextWindow"]) is { } window and > 0)
            parts.Add($"context window {Count(window)}");
        return parts.Count == 0 ? null : "tokens: " + string.Join(" · ", parts);
    }

    static void Add(List<string> parts, JsonObject usage, string member, string word, (string Member, string Word) part)
    {
        if (ItemView.Number(usage[member]) is not { } count)
            return;
        var of = ItemView.Number(usage[part.Member]) is { } inner and > 0 ? $" ({Count(inner)} {part.Word})" : "";
        parts.Add($"{Count(count)} {word}{of}");
    }

    static string Count(long tokens) => tokens.ToString("N0", CultureInfo.InvariantCulture);
}
