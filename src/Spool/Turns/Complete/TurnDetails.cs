using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Collects what the complete view of a turn has besides Codex's items.</summary>
/// <param name="isLegacy">Whether the log is a legacy one.</param>
/// <param name="turns">The turns of the log, or null when there are none.</param>
/// <param name="withRolledBack">Whether turns that were rolled back are given with their items.</param>
/// <remarks>
/// It is shown the records of the turn's spans in their order. What leads to a turn stays apart until it is known which turn follows: in
/// front of the turn a record that does not lead throws away what was collected, behind it what is left at the end belongs to the next.
/// </remarks>
sealed class TurnDetails(bool isLegacy, ITurnLookup? turns, bool withRolledBack)
{
    readonly List<Detail> _all = [],
        _leads = [];
    readonly CallChain _calls = new();
    readonly Dictionary<string, JsonObject> _sessions = [];
    readonly List<DateTimeOffset?> _times = [];
    readonly TokenUse _tokens = new();
    TurnDraft? _draft;
    DetailZone _zone;
    RolledBackTurns? _rolledBack;
    long? _firstOrdinal;
    long _inherited;

    /// <summary>Takes in a record.</summary>
    /// <param name="record">The record, or a line that is none.</param>
    /// <param name="span">Where it is.</param>
    /// <param name="isUsed">Whether Codex's view of this or another turn makes something of it.</param>
    /// <param name="before">How many items of Codex's view the turn had before it.</param>
    /// <param name="draft">The items of Codex's view that the turn has by now, or null when there is no turn yet.</param>
    /// <returns>Whether something is kept of it.</returns>
    public bool Add(RolloutItem record, in TurnSpan span, bool isUsed, int before, TurnDraft? draft)
    {
        _draft = draft;
        var shown = draft?.Count ?? 0;
        var at = record.Timestamp;
        while (_times.Count < shown)
            _times.Add(at);
        if (span.Details == DetailZone.None || IsInherited(record))
            return isUsed;
        Enter(span.Details);
        try
        {
            using var document = record.Kind == RolloutItemKind.Unreadable ? null : JsonDocument.Parse(record.Json, PayloadJson.Options);
            var payload = document?.RootElement ?? default;
            if (DetailRecords.Leads(record, payload))
            {
                if (!isUsed)
                    Keep(_rolledBack is null && span.Details is not DetailZone.Own ? _leads : null, record, payload, at, shown);
                return true;
            }
            if (span.Details == DetailZone.Before)
            {
                _leads.Clear();
                return false;
            }
            if (!isUsed || record.IsBare || IsError(record))
                return Take(record, payload, span, at, shown);
            if (DetailBeside.Of(record, payload) is { } beside)
                Keep(beside, record, at, beside.Id == 0 ? shown : before);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return span.Details != DetailZone.Before && shown == before && KeepText(record, at, shown);
        }
    }

    // What is a record and cannot be read as JSON, because it is too deep or damaged inside, is shown as it was written.
    bool KeepText(RolloutItem record, DateTimeOffset? at, int shown)
    {
        Settle();
        Keep(new Detail(DetailKind.Plain, DetailRecords.Unread(record)), record, at, shown);
        return true;
    }

    /// <inheritdoc cref="CallChain.IsAnother"/>
    public bool IsAnother(ulong id, JsonObject present, JsonObject item) => _calls.IsAnother(id, present, item);

    /// <inheritdoc cref="CallChain.Claim"/>
    public void Claim(ulong id, JsonObject item, int index) => _calls.Claim(id, item, index);

    /// <summary>Begins another turn: its calls are not those of the turn before, whatever their ids.</summary>
    public void ForgetCalls() => _calls.Clear();

    /// <summary>Puts the items of both views together, in the order of the log.</summary>
    /// <param name="draft">The items of Codex's view.</param>
    /// <param name="key">The id of the turn.</param>
    public List<JsonObject> Merge(TurnDraft draft, string key)
    {
        if (_zone != DetailZone.Behind)
            Settle();
        _rolledBack?.EndInto(_all);
        if (_inherited > 0)
            _all.Insert(
                0,
                new Detail(
                    DetailKind.Plain,
                    new JsonObject
                    {
                        ["type"] = "inherited",
                        ["id"] = "",
                        ["fromThreadId"] = null,
                        ["turns"] = null,
                        ["records"] = _inherited,
                        ["origin"] = "session_meta",
                    }
                )
            );
        if (_tokens.Any)
            _all.Add(new Detail(DetailKind.Plain, _tokens.ToItem("")) { Anchor = int.MaxValue });
        var items = DetailMerge.Merge(_all, draft, _times);
        var number = 0;
        foreach (var item in items)
        {
            if (item["id"] is null || (string?)item["id"] == "")
                item["id"] = string.Create(CultureInfo.InvariantCulture, $"detail-{key}-{++number}");
        }
        return items;
    }

    void Enter(DetailZone zone)
    {
        if (_zone == DetailZone.Behind && zone != DetailZone.Behind)
            _leads.Clear(); // of another turn in the log before
        else if (_zone == DetailZone.Before && zone != DetailZone.Before)
            Settle();
        _zone = zone;
    }

    // What led here belongs to this turn.
    void Settle()
    {
        _all.AddRange(_leads);
        _leads.Clear();
    }

    static bool IsError(RolloutItem record) => record.Kind == RolloutItemKind.Event && record.IsPayload("error"u8);

    // Records that were copied from another thread make no turns, and are not those of the first one.
    bool IsInherited(RolloutItem record)
    {
        if (!isLegacy && record.Kind == RolloutItemKind.SessionMeta && SegmentStart.Read(record).FirstOrdinal is { } first)
            _firstOrdinal = first;
        if (record.Kind == RolloutItemKind.SessionMeta)
            return true;
        if (isLegacy || _firstOrdinal is not { } own || record.CarriedOrdinal is not { } ordinal || ordinal >= own)
            return false;
        _inherited++;
        return true;
    }

    bool Take(RolloutItem record, JsonElement payload, in TurnSpan span, DateTimeOffset? at, int shown)
    {
        if (!span.HasRecords && !record.IsBare && (isLegacy ? TakeOutside(record, payload, at, shown) : IsOfAnother(record)))
            return true;
        if (_rolledBack is { } undone)
        {
            undone.Add(record, payload, at);
            return withRolledBack;
        }
        Settle();
        return Keep(null, record, payload, at, shown);
    }

    // What names a turn that there is, is shown there.
    bool IsOfAnother(RolloutItem record) =>
        PaginatedEvent.Read(record) is { Turn.IsEmpty: false } e && turns?.Find(e.Turn.ToString(), long.MaxValue) is not null;

    // Behind the last record of a turn, what would open one in Codex's view opened one that was rolled back.
    bool TakeOutside(RolloutItem record, JsonElement payload, DateTimeOffset? at, int shown)
    {
        if (record.Kind is not (RolloutItemKind.Event or RolloutItemKind.Compacted))
            return false;
        var e = LegacyEventReader.Read(record);
        switch (e.Kind)
        {
            case LegacyEventKind.None:
            case LegacyEventKind.Error:
                return false;
            case LegacyEventKind.Rollback:
                _rolledBack ??= new RolledBackTurns(withRolledBack, _leads, shown);
                _rolledBack.EndInto(_all);
                _rolledBack = null;
                return true;
            case LegacyEventKind.Complete or LegacyEventKind.Abort when _rolledBack is null:
                return true;
            case LegacyEventKind.TurnItem
            or LegacyEventKind.OpeningItem when !e.Turn.IsEmpty && turns?.Find(e.Turn.ToString(), long.MaxValue) is not null:
                return true; // of another turn, which has it
            case LegacyEventKind.TurnItem when !e.Turn.IsEmpty && _rolledBack is null:
                return false; // of a turn that there is not
            case LegacyEventKind.Compacted when _rolledBack is null:
                return false;
            default:
                _rolledBack ??= new RolledBackTurns(withRolledBack, _leads, shown);
                _rolledBack.Add(record, payload, at, e);
                return withRolledBack;
        }
    }

    bool Keep(List<Detail>? target, RolloutItem record, JsonElement payload, DateTimeOffset? at, int shown)
    {
        if (_rolledBack is { } undone && target is null)
        {
            undone.Add(record, payload, at);
            return withRolledBack;
        }
        var kept = false;
        foreach (var detail in Convert(record, payload, at))
        {
            Keep(detail, record, at, shown, target);
            kept = true;
        }
        return kept;
    }

    void Keep(Detail detail, RolloutItem record, DateTimeOffset? at, int shown, List<Detail>? target = null)
    {
        detail.Anchor = shown;
        detail.Item["at"] = DetailTime.Text(at);
        detail.Item["origin"] ??= Origin(record);
        if (detail.Own < 0 && detail.Kind == DetailKind.Output)
            detail.Own = _draft?.IndexOf(detail.Id) ?? -1;
        (target ?? _all).Add(detail);
    }

    IEnumerable<Detail> Convert(RolloutItem record, JsonElement payload, DateTimeOffset? at)
    {
        switch (record.Kind)
        {
            case RolloutItemKind.TurnContext or RolloutItemKind.Compacted when payload.ValueKind != JsonValueKind.Object:
                return [new Detail(DetailKind.Plain, DetailRecords.Unknown(record, payload))];
            case RolloutItemKind.TurnContext:
                return [new Detail(DetailKind.Settings, DetailRecords.Settings(payload))];
            case RolloutItemKind.Compacted:
                return [new Detail(DetailKind.Compaction, DetailRecords.Compaction(payload, isEncrypted: false))];
            case RolloutItemKind.Event:
                return OfEvent(record, payload);
            case RolloutItemKind.Unreadable:
                return
                [
                    new Detail(
                        DetailKind.Plain,
                        new JsonObject
                        {
                            ["type"] = "warning",
                            ["id"] = "",
                            ["message"] = string.Create(
                                CultureInfo.InvariantCulture,
                                $"A line of the log cannot be read ({record.Length} bytes)."
                            ),
                            ["origin"] = "damagedLine",
                        }
                    ),
                ];
            case RolloutItemKind.ResponseItem:
                break;
            default:
                return OfOther(record, payload);
        }
        var type = record.PayloadType ?? "";
        if (type == "message")
        {
            if (payload.Text("role") == "assistant")
                _tokens.Answered();
            return record.IsBare && BareMessage.Read(record) is { } bare && (bare.IsFromUser || bare.IsFromAgent)
                ? []
                : DetailRecords.Message(payload);
        }
        if (type.EndsWith("_output", StringComparison.Ordinal))
            return OutputOf(payload, at);
        _tokens.Answered();
        if (type == "reasoning")
            return record.IsBare || DetailRecords.Reasoning(payload) is not { } reasoning ? [] : [reasoning];
        if (type.EndsWith("_call", StringComparison.Ordinal))
            return [CallOf(type, payload, at, record.IsBare)];
        return type is "compaction" or "compaction_summary" or "context_compaction"
            ? [new Detail(DetailKind.Compaction, DetailRecords.Compaction(payload, isEncrypted: true))]
            : [new Detail(DetailKind.Plain, DetailRecords.Unknown(record, payload))];
    }

    Detail CallOf(string type, JsonElement payload, DateTimeOffset? at, bool isBare)
    {
        var id = BareItems.IdOf(payload) ?? "";
        var item = DetailCalls.Call(type, id, payload);
        LegacyItems.WithoutTimes(item);
        item["startedAtMs"] = DetailTime.Milliseconds(at);
        var hash = DetailRecords.Id(id);
        var detail = new Detail(DetailKind.Call, item, hash) { IsPreferred = isBare, Said = ModelCall.Of(type, payload) };
        _calls.Add(detail, _draft);
        return detail;
    }

    IEnumerable<Detail> OutputOf(JsonElement payload, DateTimeOffset? at)
    {
        var id = BareItems.IdOf(payload) ?? "";
        var hash = DetailRecords.Id(id);
        var open = _calls.Open(hash);
        var call = open?.Item;
        open?.IsAnswered = true;
        var result = DetailCalls.ResultOf(payload, (string?)call?["type"]);
        var item = call ?? BareItems.Tool(id, payload, payload.Text("name"), null);
        DetailCalls.AddResult(item, payload, result);
        item["completedAtMs"] = DetailTime.Milliseconds(at);
        if ((string?)item["type"] == "commandExecution" && result.Session is { } session)
            _sessions[session] = item;
        else if ((string?)item["type"] == "commandInput")
            EndSession((string?)item["sessionId"], result);
        if (call is not null)
            return [];
        LegacyItems.WithoutTimes(item);
        item["completedAtMs"] = DetailTime.Milliseconds(at);
        return [new Detail(DetailKind.Output, item, hash)];
    }

    // A command that was still running ended while it was given input.
    void EndSession(string? session, CallResult result)
    {
        if (session is null || result.ExitCode is null || !_sessions.Remove(session, out var command))
            return;
        command["exitCode"] = result.ExitCode;
        command["status"] = result.HasFailed ? "failed" : "completed";
    }

    List<Detail> OfEvent(RolloutItem record, JsonElement payload)
    {
        var e = LegacyEventReader.Read(record);
        if (e.Kind is LegacyEventKind.TurnItem or LegacyEventKind.CurrentItem or LegacyEventKind.OpeningItem)
            return OfCall(new Detail(DetailKind.Call, LegacyItems.Convert(record.PayloadType!, 0, payload), e.Item), record, payload);
        switch (record.PayloadType)
        {
            case "token_count":
                _tokens.Count(payload);
                return [];
            case "error" or "stream_error":
                return [new Detail(DetailKind.Plain, DetailRecords.Notice("error", payload))];
            case "warning" or "guardian_warning" or "deprecation_notice":
                return [new Detail(DetailKind.Plain, DetailRecords.Notice("warning", payload))];
            case "thread_settings_applied"
                when payload.EnumerateObject().All(member => member.Name is "type" or "thread_id" or "thread_settings"):
                return [new Detail(DetailKind.Plain, DetailRecords.State("threadSettings", payload.Member("thread_settings")))];
            case "plan_update" when DetailCalls.Steps(payload) is { } steps:
                return [new Detail(DetailKind.Plain, DetailCalls.Checklist("", payload.Text("explanation"), steps))];
            case "item_completed" when payload.Member("item").Text("id") is { Length: > 0 } id:
                return OfCall(new Detail(DetailKind.Call, CompletedItems.Convert(id, payload), DetailRecords.Id(id)), record, payload);
            default:
                return [new Detail(DetailKind.Plain, DetailRecords.Unknown(record, payload))];
        }
    }

    // What names a turn that there is not is of the call with its id all the same.
    List<Detail> OfCall(Detail detail, RolloutItem record, JsonElement payload)
    {
        var beside = DetailBeside.Of(record, payload);
        if (beside is { IsBeside: true })
            DetailJoin.AddTo(detail.Item, beside.Item);
        List<Detail> all = [];
        if (_draft?.IndexOf(detail.Id) >= 0 || !_calls.End(detail))
            all.Add(detail);
        if (beside is { IsBeside: false })
            all.Add(beside);
        return all;
    }

    IEnumerable<Detail> OfOther(RolloutItem record, JsonElement payload)
    {
        switch (record.Type)
        {
            case "token_usage_record":
                _tokens.Record(payload);
                return [];
            case "world_state":
                return [new Detail(DetailKind.Plain, DetailRecords.State("worldState", payload))];
            default:
                return [new Detail(DetailKind.Plain, DetailRecords.Unknown(record, payload))];
        }
    }

    static string? Origin(RolloutItem record) =>
        record.Kind is RolloutItemKind.ResponseItem or RolloutItemKind.Event ? record.PayloadType : record.Type;
}
