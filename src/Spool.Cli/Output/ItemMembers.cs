using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>The members of an item, of which each is shown once: what is not taken is what is left to show.</summary>
/// <param name="json">The item. It is stored data: any member may be missing or of another kind.</param>
sealed class ItemMembers(JsonObject json)
{
    const int LongestWord = 1000;

    readonly HashSet<string> _taken = new(["type", "id", "at", "origin", "startedAtMs", "completedAtMs"], StringComparer.Ordinal);

    /// <summary>Takes a member of any kind, or gives null.</summary>
    public JsonNode? Take(string name)
    {
        _taken.Add(name);
        return json[name];
    }

    /// <summary>Gives a member of any kind without taking it, or null.</summary>
    public JsonNode? Peek(string name) => json[name];

    /// <summary>Takes a text, or gives null and takes nothing.</summary>
    public string? Text(string name) => ItemView.Text(json[name]) is { } text && IsTaken(name) ? text : null;

    /// <summary>Takes a text as one line that is safe to show; empty when there is none.</summary>
    public string Word(string name) => SafeText.OneLine(Text(name) ?? "", LongestWord);

    /// <summary>Takes a whole number, or gives null and takes nothing.</summary>
    public long? Number(string name) => ItemView.Number(json[name]) is { } number && IsTaken(name) ? number : null;

    /// <summary>Takes a value that is either yes or no; no when it is neither.</summary>
    public bool Flag(string name) => json[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && IsTaken(name) && flag;

    /// <summary>Takes an object, or gives null and takes nothing.</summary>
    public JsonObject? Members(string name) => json[name] is JsonObject members && IsTaken(name) ? members : null;

    /// <summary>Takes an array, or gives null and takes nothing.</summary>
    public JsonArray? Elements(string name) => json[name] is JsonArray elements && IsTaken(name) ? elements : null;

    /// <summary>Takes the pictures of an item, if they are not taken.</summary>
    public IEnumerable<CardBlock> Images()
    {
        if (_taken.Contains("images"))
            yield break;
        foreach (var image in Elements("images") ?? [])
        {
            if (ItemView.Text(image) is { } address)
                yield return new MediaBlock(Media.Name("image", address), StoredPicture.OfAddress(address));
            else
            {
                foreach (var block in ContentParts.Words(new JsonArray(image?.DeepClone())))
                    yield return block;
            }
        }
    }

    /// <summary>Takes a duration in milliseconds, or gives null.</summary>
    public TimeSpan? Duration(string name) =>
        Number(name) is { } ms and >= 0 and < 1_000_000_000_000 ? TimeSpan.FromMilliseconds(ms) : null;

    /// <summary>Passes over members that say nothing to a person, or say it again.</summary>
    public void Skip(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _taken.Add(name);
    }

    /// <summary>Gives what was not taken and says something, as one object; null when that is nothing.</summary>
    public JsonObject? Rest()
    {
        JsonObject? rest = null;
        foreach (var (name, value) in json)
        {
            if (!_taken.Contains(name) && SaysSomething(value))
                (rest ??= [])[name] = value!.DeepClone();
        }
        return rest;
    }

    bool IsTaken(string name)
    {
        _taken.Add(name);
        return true;
    }

    static bool SaysSomething(JsonNode? value) =>
        value switch
        {
            null => false,
            JsonArray elements => elements.Count > 0,
            JsonObject members => members.Count > 0,
            _ => ItemView.Text(value) is not "",
        };
}
