using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>The members of an item, of which each is shown once: what is not taken is what is left to show.</summary>
/// <param name="json">The item. It is stored data: any member may be missing or of another kind.</param>
/// <param name="outer">The members of the item that it is a part of, or null.</param>
sealed class ItemMembers(JsonObject json, ItemMembers? outer = null)
{
    const int LongestWord = 1000;

    readonly HashSet<string> _taken = new(["type", "id", "at", "origin", "startedAtMs", "completedAtMs"], StringComparer.Ordinal);

    readonly List<CardBlock> _cut = outer?._cut ?? [];

    /// <summary>Gets the whole of each text that was cut for a title.</summary>
    public IReadOnlyList<CardBlock> Cut => _cut;

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

    /// <summary>Takes a text as one line that is safe to show; empty when there is none. What is too long is whole in
    /// <see cref="Cut"/>.</summary>
    public string Word(string name) => Title($"{char.ToUpperInvariant(name[0])}{TurnCards.InWords(name)[1..]}", Text(name) ?? "");

    /// <summary>Gives a text as one line that is safe to show. What is too long for a title is whole in <see cref="Cut"/>.</summary>
    /// <param name="label">What the text is.</param>
    /// <param name="text">The text.</param>
    /// <param name="longest">The most UTF-16 units of the line.</param>
    public string Title(string label, string text, int longest = LongestWord)
    {
        var title = SafeText.OneLine(text, longest);
        if (text.Length > longest && title.EndsWith('…'))
            _cut.Add(new CodeBlock(label, text));
        return title;
    }

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
