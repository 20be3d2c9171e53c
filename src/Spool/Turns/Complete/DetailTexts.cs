using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>The texts that the items of Codex's view hold, to tell which messages and which reasoning it has already.</summary>
sealed class DetailTexts
{
    static readonly SearchValues<char> Space = SearchValues.Create(" \t\r\n\u000b\f\u0085\u00a0");

    readonly List<(JsonObject Item, string Text)> _user = [],
        _agent = [];
    readonly List<string> _reasoning = [];

    public DetailTexts(IEnumerable<JsonObject> items)
    {
        foreach (var item in items)
        {
            switch ((string?)item["type"])
            {
                case "userMessage":
                    _user.Add((item, Bare(UserText(item))));
                    break;
                case "agentMessage" or "plan":
                    _agent.Add((item, Bare(Text(item["text"]))));
                    break;
                case "reasoning":
                    _reasoning.AddRange(Strings(item["summary"]).Concat(Strings(item["content"])).Select(Bare));
                    break;
            }
        }
    }

    /// <summary>Says whether a detail has something that no item of Codex's view has. Of what it shares with one only the rest
    /// stays.</summary>
    public bool Keep(Detail detail)
    {
        if (detail.Kind == DetailKind.Reasoning)
            return KeepRest(detail.Item, "summary") | KeepRest(detail.Item, "content");
        if (detail.Kind == DetailKind.UserMessage)
        {
            var said = Bare(UserText(detail.Item));
            var same = _user.FindIndex(own => own.Text == said);
            if (same < 0)
                return true;
            AddImages(_user[same].Item, detail.Item);
            _user.RemoveAt(same);
            return false;
        }
        var text = Bare(Text(detail.Item["text"]));
        var found = _agent.FindIndex(own => own.Text == text);
        if (found >= 0)
        {
            _agent.RemoveAt(found);
            return false;
        }
        return !IsSeveral(text) && !ConsistsOfOwn(text);
    }

    // A message of several parts may have an event for each.
    bool IsSeveral(string text)
    {
        var parts = new List<int>();
        var rest = text.AsSpan();
        for (var i = 0; i < _agent.Count && rest.Length > 0; i++)
        {
            if (_agent[i].Text.Length > 0 && rest.StartsWith(_agent[i].Text, StringComparison.Ordinal))
            {
                rest = rest[_agent[i].Text.Length..];
                parts.Add(i);
            }
        }
        if (rest.Length > 0 || parts.Count == 0)
            return false;
        for (var i = parts.Count - 1; i >= 0; i--)
            _agent.RemoveAt(parts[i]);
        return true;
    }

    /// <summary>Takes in a detail with the id of an item of Codex's view, and says whether it is to be kept: it is the same thing, unless
    /// it is of another type or says something else.</summary>
    public bool Keep(Detail detail, JsonObject item)
    {
        if ((string?)detail.Item["type"] != (string?)item["type"])
            return Keep(detail);
        if (detail.Kind == DetailKind.Reasoning)
        {
            if (KeepRest(detail.Item, "summary") | KeepRest(detail.Item, "content"))
            {
                foreach (var member in (string[])["summary", "content"])
                {
                    foreach (var text in Strings(detail.Item[member]))
                        (item[member] as JsonArray)?.Add((JsonNode)text);
                }
            }
            return false;
        }
        var (own, said) =
            detail.Kind == DetailKind.UserMessage
                ? (UserText(item), UserText(detail.Item))
                : (Text(item["text"]), Text(detail.Item["text"]));
        if (Bare(own) != Bare(said))
            return Keep(detail);
        _user.RemoveAll(other => other.Item == item);
        _agent.RemoveAll(other => other.Item == item);
        if (detail.Kind == DetailKind.UserMessage)
            AddImages(item, detail.Item);
        return false;
    }

    // A message to the model may hold a plan, in marks of its own, that Codex shows as an item beside the message.
    bool ConsistsOfOwn(string text)
    {
        var rest = text.Replace("<proposed_plan>", "", StringComparison.Ordinal).Replace("</proposed_plan>", "", StringComparison.Ordinal);
        if (rest.Length == text.Length)
            return false;
        foreach (var own in _agent.Where(own => own.Text.Length > 0).OrderByDescending(own => own.Text.Length))
        {
            if (rest.IndexOf(own.Text, StringComparison.Ordinal) is >= 0 and var at)
                rest = rest.Remove(at, own.Text.Length);
        }
        return rest.Length == 0;
    }

    bool KeepRest(JsonObject reasoning, string member)
    {
        var rest = new JsonArray();
        foreach (var text in Strings(reasoning[member]))
        {
            var index = _reasoning.IndexOf(Bare(text));
            if (index >= 0)
                _reasoning.RemoveAt(index);
            else
                rest.Add((JsonNode)text);
        }
        reasoning[member] = rest;
        return rest.Count > 0;
    }

    // An event names the file of an image, the message to the model has the image.
    static void AddImages(JsonObject item, JsonObject message)
    {
        if (item["content"] is not JsonArray content || message["content"] is not JsonArray said)
            return;
        var known = content.OfType<JsonObject>().Select(part => Text(part["url"])).Where(url => url.Length > 0).ToHashSet();
        var files = new Queue<JsonObject>(content.OfType<JsonObject>().Where(part => (string?)part["type"] == "localImage"));
        foreach (var image in said.OfType<JsonObject>().Where(part => (string?)part["type"] != "text"))
        {
            if (Text(image["url"]) is { Length: > 0 } url && known.Contains(url))
                continue;
            if ((string?)image["type"] == "image" && files.TryDequeue(out var file))
                file["url"] = image["url"]?.DeepClone();
            else
                content.Add((JsonNode)image.DeepClone());
        }
    }

    static string UserText(JsonObject item) =>
        item["content"] is JsonArray content
            ? string.Concat(content.OfType<JsonObject>().Where(part => (string?)part["type"] == "text").Select(part => Text(part["text"])))
            : "";

    static List<string> Strings(JsonNode? node) => node is JsonArray texts ? [.. texts.Select(Text)] : [];

    static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    // White space is the one thing in which an event and the message to the model differ.
    static string Bare(string text)
    {
        var kept = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Space) is >= 0 and var at)
        {
            kept.Append(rest[..at]);
            rest = rest[(at + 1)..];
        }
        return kept.Length == 0 && rest.Length == text.Length ? text : kept.Append(rest).ToString();
    }
}
