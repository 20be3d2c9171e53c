using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Counts the tokens of a turn from what its log says after each answer of the model.</summary>
sealed class TokenUse
{
    static readonly string[] Members =
    [
        "input_tokens",
        "cached_input_tokens",
        "cache_write_input_tokens",
        "output_tokens",
        "reasoning_output_tokens",
        "total_tokens",
    ];

    readonly Dictionary<string, long> _counted = [],
        _recorded = [];
    JsonObject? _total;
    long? _window,
        _last;
    bool _hasAnswer,
        _isBased;

    /// <summary>Gets whether there is anything to say.</summary>
    public bool Any => _total is not null || _recorded.Count > 0;

    /// <summary>Takes in that the model gave something.</summary>
    public void Answered() => _hasAnswer = true;

    /// <summary>Takes in a <c>token_count</c>.</summary>
    public void Count(JsonElement payload)
    {
        var info = payload.Member("info");
        if (info.ValueKind != JsonValueKind.Object)
            return;
        var (total, last) = (info.Member("total_token_usage"), info.Member("last_token_usage"));
        _window = info.Number("model_context_window") ?? _window;
        var sum = total.Number("total_tokens");
        // What is said before the model gave anything in this turn is of the turns before, and the same sum again is no new use.
        if (_hasAnswer && sum != _last)
        {
            Add(_counted, last);
            _isBased = true;
        }
        _last = sum;
        _total = Usage(total);
    }

    /// <summary>Takes in a record of the use of one answer.</summary>
    public void Record(JsonElement payload) => Add(_recorded, payload.Member("usage"));

    /// <summary>Makes the item.</summary>
    public JsonObject ToItem(string id)
    {
        var turn = _isBased ? _counted : _recorded;
        return new JsonObject
        {
            ["type"] = "tokenUsage",
            ["id"] = id,
            ["turn"] = turn.Count == 0 ? null : Sums(turn),
            ["total"] = _total,
            ["modelContextWindow"] = _window,
            ["origin"] = _total is null ? "token_usage_record" : "token_count",
        };
    }

    static void Add(Dictionary<string, long> sums, JsonElement usage)
    {
        foreach (var member in Members)
        {
            if (usage.Number(member) is { } tokens and >= 0 and < 1L << 50)
                sums[member] = Math.Min(sums.GetValueOrDefault(member) + tokens, 1L << 60);
        }
    }

    static JsonObject Sums(Dictionary<string, long> sums)
    {
        var usage = new JsonObject();
        foreach (var member in Members)
        {
            if (sums.TryGetValue(member, out var tokens))
                usage[WireNames.Camel(member)] = tokens;
        }
        return usage;
    }

    static JsonObject? Usage(JsonElement usage)
    {
        var sums = new Dictionary<string, long>();
        Add(sums, usage);
        return sums.Count > 0 ? Sums(sums) : null;
    }
}
