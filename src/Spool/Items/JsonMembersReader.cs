using System.Text.Json;

namespace Spool;

/// <summary>Reads the members of one object in turn. What follows a member that is not whole is not read.</summary>
/// <param name="text">The text.</param>
/// <param name="start">Where the object begins.</param>
ref struct JsonMembersReader(ReadOnlySpan<byte> text, int start)
{
    readonly ReadOnlySpan<byte> _text = text;
    int _at = start < text.Length && text[start] == '{' ? start + 1 : text.Length;
    ReadOnlySpan<byte> _name;

    /// <summary>Gets where the value of the member is; it reaches to the end of the text when it is not whole.</summary>
    public Range Value { get; private set; }

    /// <summary>Gets whether the value is there to its end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads the next member.</summary>
    public bool TryRead()
    {
        var name = JsonText.SkipSpace(_text, _at);
        if (name < _text.Length && _text[name] == ',')
            name = JsonText.SkipSpace(_text, name + 1);
        var value = JsonText.StartOfMemberValue(_text, name);
        if (value < 0)
            return false;
        _name = _text[(name + 1)..(JsonText.EndOfString(_text, name) - 1)];
        value = JsonText.SkipSpace(_text, value);
        if (value == _text.Length)
            return false;
        var end = JsonText.EndOfValue(_text, value);
        IsWhole = end >= 0;
        _at = IsWhole ? end : _text.Length;
        Value = value.._at;
        return true;
    }

    /// <summary>Says whether the member has a name, however it is escaped.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name)
    {
        if (_name.IndexOf((byte)'\\') < 0)
            return _name.SequenceEqual(name);
        try
        {
            // The quotes belong to the text around the name.
            var quoted = new Utf8JsonReader((byte[])[(byte)'"', .. _name, (byte)'"']);
            return quoted.Read() && quoted.ValueTextEquals(name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Gives where the text of the member is, between its quotes and with its escapes.</summary>
    public readonly bool TryGetText(out Range text)
    {
        text = (Value.Start.Value + 1)..Math.Max(Value.Start.Value + 1, Value.End.Value - 1);
        return IsWhole && _text[Value.Start.Value] == '"';
    }

    /// <summary>Gives where the text of the member is, if it has no escapes.</summary>
    public readonly bool TryGetPlainText(out Range text) => TryGetText(out text) && _text[text].IndexOf((byte)'\\') < 0;
}
