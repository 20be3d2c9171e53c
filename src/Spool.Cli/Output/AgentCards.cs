using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads calls of sub-agents, and news of them.</summary>
/// <param name="links">The names of threads.</param>
sealed class AgentCards(ThreadLinks links)
{
    /// <summary>Reads a call.</summary>
    public ItemCard Call(ItemMembers members)
    {
        var blocks = new List<CardBlock>();
        var prompt = members.Text("prompt");
        blocks.AddRange(ItemCards.Words(prompt));
        var fields = new List<(string, string)>();
        if (members.Text("senderThreadId") is { Length: > 0 } sender && sender != links.Thread.Id.ToString())
            fields.Add(("From", links.NameOf(sender) ?? sender));
        if (members.Text("model") is { Length: > 0 } model)
            fields.Add(("Model", model));
        if (fields.Count > 0)
            blocks.Add(new FieldsBlock(fields));
        var given = Given(members);
        var threads = Threads(members, given).ToList();
        blocks.AddRange(threads is [var only] ? Only(only) : threads);
        var names = string.Join(", ", threads.Select(thread => thread.Name));
        blocks.AddRange(Arguments(members, prompt, names));
        blocks.AddRange(Output(members, given, names));
        var card = ItemCards.Card(CardKind.Call, "Sub-agent", blocks) with
        {
            Title = members.Title("Agents", $"{Verb(members.Word("tool"))} {names}".Trim()),
            Duration = members.Duration("durationMs"),
        };
        return ItemCards.Ended(card, members);
    }

    /// <summary>Reads news of one.</summary>
    public ItemCard Activity(ItemMembers members)
    {
        var (kind, id, path) = (members.Word("kind"), members.Text("agentThreadId") ?? "", members.Word("agentPath"));
        var name = Name(id, path);
        return ItemCards.Card(CardKind.Call, "Sub-agent", Only(new ThreadBlock(name, "", links.Command(id)))) with
        {
            Title = members.Title("Agent", path.Length > 0 && name != path ? $"{kind} {name} · {path}" : $"{kind} {name}".Trim()),
        };
    }

    // The title of the card has its name.
    static IReadOnlyList<CardBlock> Only(ThreadBlock thread) => thread is { State: "", Command: null } ? [] : [thread with { Name = "" }];

    IEnumerable<ThreadBlock> Threads(ItemMembers members, JsonObject? given)
    {
        var states = members.Members("agentsStates") ?? [];
        var receivers = members.Elements("receiverThreadIds") ?? [];
        var ids = receivers.Where(id => id is not null).Select(ReadableJson.Of).ToList();
        // of an agent that is started now the log says what it is called
        var ofGiven = ids is [var only] && (ItemView.Text(given?["agent_id"]) ?? only) == only;
        var called = ofGiven ? ThreadLinks.AgentName(ItemView.Text(given?["nickname"]), Type(members)) : "";
        foreach (var id in ids.Concat(states.Select(state => state.Key)).Distinct(StringComparer.Ordinal))
        {
            var state = states[id] as JsonObject;
            yield return new ThreadBlock(
                Name(id, called),
                $"{StateOf(ItemView.Text(state?["status"]))} {ItemView.Text(state?["message"])}".Trim(),
                links.Command(id)
            );
        }
    }

    static string Verb(string tool) =>
        tool switch
        {
            "spawnAgent" => "start",
            "sendInput" => "send to",
            "wait" => "wait for",
            "closeAgent" => "close",
            "resumeAgent" => "resume",
            _ => tool,
        };

    // What the log says of it is how it was at the call.
    static string? StateOf(string? status) =>
        status switch
        {
            "running" => "was running",
            "pendingInit" => "was starting",
            _ => status,
        };

    string Name(string id, string called) => links.NameOf(id) ?? (called.Length > 0 ? called : id);

    static string? Type(ItemMembers members) => ItemView.Text((members.Peek("arguments") as JsonObject)?["agent_type"]);

    static JsonObject? Given(ItemMembers members)
    {
        if (ItemView.Text(members.Peek("output")) is not { } output || !ReadableJson.IsDocument(output))
            return null;
        try
        {
            return JsonNode.Parse(output) is JsonObject { Count: > 0 } given ? given : null;
        }
        catch (ArgumentException) // a member is there twice
        {
            return null;
        }
    }

    // What the output says of who was started is said of the thread.
    static IEnumerable<CardBlock> Output(ItemMembers members, JsonObject? given, string names)
    {
        var ids = (members.Elements("receiverThreadIds") ?? []).Select(ItemView.Text).ToList();
        var isSaid =
            given is not null
            && given.All(member =>
                member.Key switch
                {
                    "agent_id" => ids.Contains(ItemView.Text(member.Value)),
                    "nickname" => IsIn(names, member.Value),
                    _ => false,
                }
            );
        if (members.Text("output") is { Length: > 0 } output && !isSaid)
            yield return ContentParts.Code("Output", output);
    }

    static IEnumerable<CardBlock> Arguments(ItemMembers members, string? prompt, string names)
    {
        if (members.Members("arguments") is not { } arguments)
            yield break;
        var rest = new JsonObject();
        foreach (var (name, value) in arguments)
        {
            var isSaid = name switch
            {
                "message" => ItemView.Text(value) == prompt,
                "agent_type" => IsIn(names, value),
                _ => false,
            };
            if (!isSaid && value is not null)
                rest[name] = value.DeepClone();
        }
        if (rest.Count > 0)
            yield return new CodeBlock("Arguments", ReadableJson.Of(rest), "json");
    }

    static bool IsIn(string names, JsonNode? part) =>
        ItemView.Text(part) is { Length: > 0 } text && names.Contains(text, StringComparison.Ordinal);
}
