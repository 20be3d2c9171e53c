using System.Text.Json;

namespace Spool;

/// <summary>Makes the messages for the next call of the model of a history, item by item.</summary>
sealed class ModelHistory
{
    // A turn that was taken back takes a compaction with it, so a turn knows the messages from before.
    readonly List<(List<Draft> Messages, int Count)> _turns = [];
    readonly Dictionary<string, Call> _calls = [];
    List<Draft> _messages = [];
    bool _isNamed;

    public static async ValueTask<IReadOnlyList<ModelMessage>> ReadAsync(IAsyncEnumerable<RolloutItem> items)
    {
        var history = new ModelHistory();
        await foreach (var item in items.ConfigureAwait(false))
            history.Take(item);
        return [.. history._messages.Select(message => message.Make())];
    }

    void Take(RolloutItem item)
    {
        switch (item.Kind)
        {
            case RolloutItemKind.Unreadable:
                foreach (var record in item.Recovered)
                    Take(record.Item);
                break;
            case RolloutItemKind.ResponseItem when Counts(item):
                Read(item, TakeResponse);
                break;
            case RolloutItemKind.Compacted:
                Read(item, TakeCompaction);
                break;
            case RolloutItemKind.Event:
                TakeEvent(item);
                break;
        }
    }

    static bool Counts(RolloutItem item) =>
        item.IsPayload("message"u8) || item.PayloadTypeBytes.EndsWith("_call"u8) || item.PayloadTypeBytes.EndsWith("_call_output"u8);

    static void Read(RolloutItem item, Action<JsonElement> take)
    {
        try
        {
            using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
            take(document.RootElement);
        }
        catch (JsonException)
        {
            // The model does not get what cannot be read.
        }
    }

    void TakeEvent(RolloutItem item)
    {
        if (item.IsPayload("task_started"u8) || item.IsPayload("turn_started"u8))
        {
            _isNamed = true;
            _turns.Add((_messages, _messages.Count));
        }
        else if (item.IsPayload("task_complete"u8) || item.IsPayload("turn_complete"u8))
            _isNamed = false;
        else if (item.IsPayload("user_message"u8) && !_isNamed)
        {
            // A log without starts has the message ahead of its event.
            var isSaid = _messages is [.., { Role: MessageRoles.User }];
            _turns.Add((_messages, _messages.Count - (isSaid ? 1 : 0)));
        }
        else if (item.IsPayload("thread_rolled_back"u8))
            Read(item, payload => TakeBack(payload.Number("num_turns") ?? 0));
    }

    void TakeBack(long turns)
    {
        if (turns <= 0 || _turns.Count == 0)
            return;
        var first = (int)Math.Max(0, _turns.Count - turns);
        (_messages, var count) = _turns[first];
        _messages.RemoveRange(count, _messages.Count - count);
        _turns.RemoveRange(first, _turns.Count - first);
    }

    void TakeCompaction(JsonElement payload)
    {
        var before = _messages;
        _messages = [];
        if (payload.Member("replacement_history") is { ValueKind: JsonValueKind.Array } replacement)
        {
            foreach (var item in replacement.EnumerateArray())
                TakeResponse(item);
            return;
        }
        _messages.AddRange(before.Where(message => message.Role == MessageRoles.User));
        _messages.Add(new Draft(MessageRoles.User, payload.Text("message") ?? "", []));
    }

    void TakeResponse(JsonElement payload)
    {
        switch (payload.Text("type"))
        {
            case "message":
                var parts = payload.Array("content").ToList();
                var text = payload.Text("content") ?? string.Concat(parts.Select(part => part.Text("text") ?? part.Text("refusal")));
                _messages.Add(
                    new Draft(payload.Text("role") ?? "", text, [.. parts.Select(part => part.Text("image_url")).OfType<string>()])
                );
                break;
            case "function_call":
                Add(payload, payload.Text("name"), payload.Text("arguments"));
                break;
            case "custom_tool_call":
                Add(payload, payload.Text("name"), payload.Text("input"));
                break;
            case "local_shell_call":
                Add(
                    payload,
                    "local_shell",
                    payload.Member("action") is { ValueKind: JsonValueKind.Object } action ? action.GetRawText() : null
                );
                break;
            case "function_call_output" or "custom_tool_call_output" or "local_shell_call_output":
                if (payload.Text("call_id") is { } id && _calls.TryGetValue(id, out var call))
                    call.Output = payload.Text("output") ?? string.Concat(payload.Array("output").Select(part => part.Text("text")));
                break;
        }
    }

    void Add(JsonElement payload, string? name, string? arguments)
    {
        if (payload.Text("call_id") is not { } id)
            return;
        // Calls that were made at once come with the words before them; one after an answer is of the next round.
        if (_messages is not [.., { Role: MessageRoles.Assistant } last] || last.Calls.Exists(call => call.Output is not null))
            _messages.Add(last = new Draft(MessageRoles.Assistant, "", []));
        last.Calls.Add(_calls[id] = new Call(id, name ?? "", arguments ?? ""));
    }

    sealed class Draft(string role, string text, IReadOnlyList<string> images)
    {
        public string Role => role;

        public List<Call> Calls { get; } = [];

        public ModelMessage Make() =>
            new(role, text)
            {
                Images = images,
                ToolCalls = [.. Calls.Select(call => new ModelToolCall(call.Id, call.Name, call.Arguments, call.Output))],
            };
    }

    sealed class Call(string id, string name, string arguments)
    {
        public string Id => id;

        public string Name => name;

        public string Arguments => arguments;

        public string? Output { get; set; }
    }
}
