using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>A turn while it is being put together.</summary>
sealed class TurnDraft(TurnKey key, long ordinal)
{
    readonly List<JsonObject> _items = [];
    readonly Dictionary<ulong, int> _byId = [];
    TurnCalls? _calls;

    public TurnKey Key { get; } = key;
    public long Ordinal { get; set; } = ordinal;
    public string? RootTurnId { get; set; }
    public TurnStatus Status { get; set; } = TurnStatus.InProgress;
    public JsonObject? Error { get; set; }
    public long? StartedAt { get; set; }
    public long? CompletedAt { get; set; }
    public long? DurationMs { get; set; }

    /// <summary>How many items count towards the numbering of later ones.</summary>
    public int CountedItems { get; set; }

    /// <summary>The segment of the history in which the turn was opened by a record of its own; negative while only items are
    /// known.</summary>
    public int Segment { get; set; } = -1;

    public bool HasEnded { get; set; }

    public int Count => _items.Count;

    public JsonObject Last => _items[^1];

    public IReadOnlyList<JsonObject> Items => _items;

    public JsonObject this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    public void Append(JsonObject item) => _items.Add(item);

    /// <summary>Finds the item that was added with this id.</summary>
    public JsonObject? Find(ulong id) => _byId.TryGetValue(id, out var index) ? _items[index] : null;

    /// <summary>Finds the place of the item that was added with this id; -1 when there is none.</summary>
    public int IndexOf(ulong id) => _byId.GetValueOrDefault(id, -1);

    /// <summary>Gets or sets what tells an item that is replaced from another one with the same id, or null: Codex's view has of those
    /// with one id the last.</summary>
    public TurnDetails? Repeats { get; set; }

    /// <summary>Replaces the item with this id in place, or appends it.</summary>
    public void Upsert(ulong id, JsonObject item)
    {
        if (_byId.TryGetValue(id, out var index) && Repeats?.IsAnother(id, _items[index], item) != true)
        {
            _items[index] = item;
            return;
        }
        _byId[id] = _items.Count;
        Repeats?.Claim(id, item, _items.Count);
        _items.Add(item);
    }

    /// <summary>Replaces the item with this id in place: the same one, of which more is known.</summary>
    public void Replace(ulong id, JsonObject item) => _items[_byId[id]] = item;

    /// <summary>Takes the ids away: what comes with one of them is another item.</summary>
    public void ForgetIds() => _byId.Clear();

    /// <summary>Notes a call of a tool, which an item may show or not.</summary>
    public void AddCall(RolloutItem call) => (_calls ??= new TurnCalls()).Add(call);

    /// <summary>Takes the root from a record that starts or ends the turn; when the record leaves it out it stays.</summary>
    public void TakeRoot(JsonElement payload) => RootTurnId = payload.Text("root_turn_id") ?? RootTurnId;

    /// <summary>Takes the times from a record that starts or ends the turn; what the record leaves out stays.</summary>
    public void TakeTimes(JsonElement payload)
    {
        StartedAt = payload.Number("started_at") ?? StartedAt;
        CompletedAt = payload.Number("completed_at") ?? CompletedAt;
        DurationMs = payload.Number("duration_ms") ?? DurationMs;
    }

    /// <summary>Takes the times of a record that ends or interrupts the turn. The last such record holds, also in what it leaves out; when
    /// the turn began it may add.</summary>
    public void TakeEnd(JsonElement payload)
    {
        StartedAt ??= payload.Number("started_at");
        CompletedAt = payload.Number("completed_at");
        DurationMs = payload.Number("duration_ms");
    }

    /// <summary>Takes an error in the form of a log.</summary>
    public void Fail(JsonElement error)
    {
        Status = TurnStatus.Failed;
        var info = error.Member("codex_error_info");
        Error = new JsonObject
        {
            ["message"] = error.Text("message") ?? "",
            ["codexErrorInfo"] = info.AsText() is { } code ? WireNames.Camel(code) : WireNames.CamelDeep(info),
            ["additionalDetails"] = error.Text("additional_details"),
            ["misalignment"] = WireNames.CamelDeep(error.Member("misalignment")),
        };
    }

    /// <summary>Makes the turn.</summary>
    /// <param name="details">What the complete view has besides, or null for Codex's view.</param>
    public Turn ToTurn(TurnDetails? details = null)
    {
        var id = Key.ToString();
        var items = details?.Merge(this, id) ?? _items;
        return new Turn
        {
            Id = id,
            RootTurnId = RootTurnId,
            Items = [.. items.Select(item => new ThreadItem((string?)item["id"] ?? "", (string?)item["type"] ?? "", item))],
            Status = Status == TurnStatus.InProgress ? TurnStatus.Interrupted : Status,
            HasEnd = Status != TurnStatus.InProgress,
            Error = Error,
            StartedAt = Time(StartedAt),
            CompletedAt = Time(CompletedAt),
            Duration = DurationMs is { } ms and > -1_000_000_000_000 and < 1_000_000_000_000
                ? TimeSpan.FromTicks(ms * TimeSpan.TicksPerMillisecond)
                : null,
            View = details is null ? TurnView.Codex : TurnView.Complete,
            CallsLeftOut = details is not null
                ? 0
                : _calls?.CountLeftOut(_byId.Select(item => (item.Key, (string?)_items[item.Value]["type"]))) ?? 0,
            Ordinal = Ordinal,
        };
    }

    static DateTimeOffset? Time(long? seconds) =>
        seconds is { } s and > -62_135_596_800 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(s) : null;
}
