using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Says how many tokens a turn took.</summary>
static class TokenText
{
    /// <summary>Gives the words, or null when the item has no number.</summary>
    public static string? Of(ThreadItem item)
    {
        var parts = new List<string>();
        if (TokenUsageText.Of(item.Json["turn"] as JsonObject) is { Length: > 0 } turn)
            parts.Add(turn);
        if (ItemView.Number((item.Json["total"] as JsonObject)?["totalTokens"]) is { } all)
            parts.Add($"{TokenUsageText.Number(all)} in all");
        if (ItemView.Number(item.Json["modelContextWindow"]) is { } window and > 0)
            parts.Add($"context window {TokenUsageText.Number(window)}");
        return parts.Count == 0 ? null : "tokens: " + string.Join(" · ", parts);
    }
}
