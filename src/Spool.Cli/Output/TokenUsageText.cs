using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Says what a turn took.</summary>
static class TokenUsageText
{
    /// <summary>Reads an item of type <c>tokenUsage</c>.</summary>
    public static ItemCard Card(ItemMembers members)
    {
        var (turn, total, window) = (
            members.Members("turn"),
            members.Members("total"),
            members.Number("modelContextWindow") ?? (members.Members("total") is { } t ? ItemView.Number(t["modelContextWindow"]) : null)
        );
        var fields = new List<(string, string)>();
        Add("This turn", turn);
        Add("The thread so far", total);
        if (window is { } size)
            fields.Add(("Context window", Number(size)));
        return ItemCards.Card(CardKind.Usage, "Tokens", fields.Count > 0 ? [new FieldsBlock(fields)] : []) with
        {
            Title = Of(turn ?? total) is { Length: > 0 } text ? text : "",
        };

        void Add(string label, JsonObject? usage)
        {
            if (Of(usage) is { Length: > 0 } text)
                fields.Add((label, text));
        }
    }

    /// <summary>Gives a use in words, such as <c>1,234 in (1,000 cached), 56 out (7 reasoning)</c>; empty when there is none.</summary>
    public static string Of(JsonObject? usage)
    {
        if (usage is null)
            return "";
        var parts = new List<string>();
        Add("inputTokens", "in", "cachedInputTokens", "cached");
        Add("outputTokens", "out", "reasoningOutputTokens", "reasoning");
        if (parts.Count == 0 && ItemView.Number(usage["totalTokens"]) is { } total)
            parts.Add(Number(total));
        return string.Join(", ", parts);

        void Add(string name, string word, string partName, string partWord)
        {
            if (ItemView.Number(usage[name]) is not { } number)
                return;
            var part = ItemView.Number(usage[partName]) is { } some and > 0 ? $" ({Number(some)} {partWord})" : "";
            parts.Add($"{Number(number)} {word}{part}");
        }
    }

    /// <summary>Gives a number of tokens.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
