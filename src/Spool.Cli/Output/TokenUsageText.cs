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
            Title = string.Join(
                " · ",
                ((string[])[Of(turn), All(total) is { } all && all != All(turn) ? $"{Number(all)} so far" : ""]).Where(part =>
                    part.Length > 0
                )
            ),
        };

        void Add(string label, JsonObject? usage)
        {
            if (Of(usage) is { Length: > 0 } text)
                fields.Add((label, text));
        }
    }

    // A use in words, such as 1,234 in (1,000 cached) + 56 out (7 reasoning) = 1,290; empty when there is none.
    static string Of(JsonObject? usage)
    {
        if (usage is null)
            return "";
        var given = Part(usage, "inputTokens", "in", "cachedInputTokens", "cached");
        var made = Part(usage, "outputTokens", "out", "reasoningOutputTokens", "reasoning");
        var all = All(usage);
        if (given is null || made is null)
            return given ?? made ?? (all is { } one ? Number(one) : "");
        var sum = ItemView.Number(usage["inputTokens"]) + ItemView.Number(usage["outputTokens"]);
        return all is null || all == sum ? $"{given} + {made} = {Number(sum!.Value)}" : $"{given} + {made}, {Number(all.Value)} in all";
    }

    static string? Part(JsonObject usage, string name, string word, string partName, string partWord) =>
        ItemView.Number(usage[name]) is not { } number ? null
        : ItemView.Number(usage[partName]) is { } some and > 0 ? $"{Number(number)} {word} ({Number(some)} {partWord})"
        : $"{Number(number)} {word}";

    static long? All(JsonObject? usage) => ItemView.Number(usage?["totalTokens"]);

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
