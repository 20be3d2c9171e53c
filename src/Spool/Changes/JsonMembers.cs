using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool;

/// <summary>The members of one JSON object, in order, each value as the bytes it was written in. It changes single members and leaves every
/// other byte for byte.</summary>
sealed class JsonMembers
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly List<(string Name, byte[] Value)> _members = [];

    /// <summary>Reads an object.</summary>
    /// <param name="json">The object as UTF-8.</param>
    /// <returns>The members, or null when it is not one JSON object.</returns>
    public static JsonMembers? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, PayloadJson.Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var members = new JsonMembers();
            foreach (var member in document.RootElement.EnumerateObject())
                members._members.Add((member.Name, System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(member.Value).ToArray()));
            return members;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException: a name that is not UTF-8
        }
    }

    /// <summary>Replaces a member where it is; a new one comes behind another member, or last.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">Writes the value.</param>
    /// <param name="after">The member that a new one comes behind.</param>
    public void Set(string name, Action<Utf8JsonWriter> value, string? after = null)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
            value(json);
        var member = (name, bytes.ToArray());
        if (_members.FindLastIndex(other => other.Name == name) is var index and >= 0)
            _members[index] = member;
        else
            _members.Insert(
                after is not null && _members.FindLastIndex(other => other.Name == after) is var before and >= 0
                    ? before + 1
                    : _members.Count,
                member
            );
    }

    /// <summary>Sets a member to a text.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The text.</param>
    /// <param name="after">The member that a new one comes behind.</param>
    public void Set(string name, string value, string? after = null) => Set(name, json => json.WriteStringValue(value), after);

    /// <summary>Removes a member.</summary>
    /// <param name="name">The name.</param>
    public void Remove(string name) => _members.RemoveAll(member => member.Name == name);

    /// <summary>Says whether there is such a member.</summary>
    /// <param name="name">The name.</param>
    public bool Has(string name) => _members.Exists(member => member.Name == name);

    /// <summary>Writes the object without spaces between its members.</summary>
    public byte[] ToArray()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in _members)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
