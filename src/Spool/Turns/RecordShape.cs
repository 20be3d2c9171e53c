using System.Text.Json;

namespace Spool;

/// <summary>What a JSON value has to look like so that a strict reader can decode it. Members that a shape does not name may be
/// anything.</summary>
abstract class RecordShape
{
    /// <summary>Anything, as long as its strings are text.</summary>
    public static readonly RecordShape Any = new Checked((in _) => true);

    /// <summary>A string.</summary>
    public static readonly RecordShape Text = new Checked((in reader) => reader.TokenType == JsonTokenType.String);

    /// <summary>A string with a letter in it.</summary>
    public static readonly RecordShape SomeText = new Checked(
        (in reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0
    );

    /// <summary>A full path, as Unix has them.</summary>
    public static readonly RecordShape FullPath = Strings(text => text.StartsWith('/'));

    /// <summary>A UUID.</summary>
    public static readonly RecordShape Id = Strings(text => Guid.TryParse(text, out _));

    /// <summary>A whole number.</summary>
    public static readonly RecordShape Integer = new Checked(
        (in reader) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _)
    );

    /// <summary>A whole number that is not negative.</summary>
    public static readonly RecordShape Count = new Checked(
        (in reader) => reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out _)
    );

    /// <summary>A number.</summary>
    public static readonly RecordShape Number = new Checked((in reader) => reader.TokenType == JsonTokenType.Number);

    /// <summary>True or false.</summary>
    public static readonly RecordShape Flag = new Checked((in reader) => reader.TokenType is JsonTokenType.True or JsonTokenType.False);

    /// <summary>Gives the shape of one of some strings.</summary>
    public static RecordShape OneOf(params string[] values) => Strings(text => values.Contains(text, StringComparer.Ordinal));

    /// <summary>Gives the shape of a value that fits one of two shapes.</summary>
    public static RecordShape Either(RecordShape one, RecordShape other) => new Alternatives(one, other);

    /// <summary>Gives the shape of an array.</summary>
    public static RecordShape List(RecordShape element) => new Elements(element);

    /// <summary>Gives the shape of an object whose members all have one shape.</summary>
    public static RecordShape Map(RecordShape value) => new Values(value);

    /// <summary>Gives the shape of an object.</summary>
    public static RecordShape Record(params RecordMember[] members) => new Members(members);

    /// <summary>Gives the shape of an object that has no members but one, which may be anything.</summary>
    public static RecordShape Only(string member) => new Members([RecordMember.Maybe(member, Any)]) { IsClosed = true };

    /// <summary>Gives the shape of an object that says by its <c>type</c> which members it has.</summary>
    /// <param name="others">The shape of one with any other type, or null when there is none.</param>
    /// <param name="kinds">The shapes by type.</param>
    public static RecordShape Typed(RecordShape? others, params (string Type, RecordMember[] Members)[] kinds) =>
        new Tagged(others, kinds.ToDictionary(kind => kind.Type, kind => (RecordShape)new Members(kind.Members), StringComparer.Ordinal));

    /// <summary>Gives the shape of null or another shape.</summary>
    public RecordShape OrNull() => new Nullable(this);

    /// <summary>Says whether a JSON text fits, to its end.</summary>
    public bool Fits(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, PayloadJson.ReaderOptions);
        try
        {
            return reader.Read() && Fits(ref reader) && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // InvalidOperationException: a string that is not text
        }
    }

    /// <summary>Says whether the value that a reader is on fits, and leaves the reader on its end when it does.</summary>
    protected abstract bool Fits(ref Utf8JsonReader reader);

    static Checked Strings(Predicate<string> check) =>
        new((in reader) => reader.TokenType == JsonTokenType.String && check(reader.GetString()!));

    // Goes to the end of a value, and says whether its strings are text. None of them is made: a line may be one large string.
    static bool Pass(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        if (!IsSound(reader))
            return false;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return true;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (!IsSound(reader))
                return false;
        }
        return true;
    }

    static bool IsSound(in Utf8JsonReader reader) =>
        reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || JsonRepair.IsSound(reader.ValueSpan);

    delegate bool Check(in Utf8JsonReader reader);

    sealed class Checked(Check check) : RecordShape
    {
        protected override bool Fits(ref Utf8JsonReader reader)
        {
            return check(reader) && Pass(ref reader);
        }
    }

    sealed class Nullable(RecordShape shape) : RecordShape
    {
        protected override bool Fits(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null || shape.Fits(ref reader);
    }

    sealed class Alternatives(RecordShape one, RecordShape other) : RecordShape
    {
        protected override bool Fits(ref Utf8JsonReader reader)
        {
            var again = reader;
            if (one.Fits(ref reader))
                return true;
            reader = again;
            return other.Fits(ref reader);
        }
    }

    sealed class Elements(RecordShape element) : RecordShape
    {
        protected override bool Fits(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                return false;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (!element.Fits(ref reader))
                    return false;
            }
            return true;
        }
    }

    sealed class Values(RecordShape value) : RecordShape
    {
        protected override bool Fits(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!IsSound(reader) || !reader.Read() || !value.Fits(ref reader))
                    return false;
            }
            return true;
        }
    }

    sealed class Members(RecordMember[] members) : RecordShape
    {
        /// <summary>Gets whether there may be no other members.</summary>
        public bool IsClosed { get; init; }

        protected override bool Fits(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            var seen = 0u;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!IsSound(reader))
                    return false;
                var index = IndexOf(reader);
                reader.Read();
                if (index < 0 && IsClosed)
                    return false;
                if (!(index < 0 ? Pass(ref reader) : members[index].Shape.Fits(ref reader)))
                    return false;
                if (index >= 0)
                    seen |= 1u << index;
            }
            for (var i = 0; i < members.Length; i++)
            {
                if (members[i].IsNeeded && (seen & 1u << i) == 0)
                    return false;
            }
            return true;
        }

        int IndexOf(in Utf8JsonReader reader)
        {
            for (var i = 0; i < members.Length; i++)
            {
                if (reader.ValueTextEquals(members[i].Name))
                    return i;
            }
            return -1;
        }
    }

    sealed class Tagged(RecordShape? others, Dictionary<string, RecordShape> kinds) : RecordShape
    {
        protected override bool Fits(ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.StartObject
            && TypeOf(reader) is { } type
            && (kinds.GetValueOrDefault(type) ?? others)?.Fits(ref reader) == true;

        // Null when there is no type; empty when it is no string.
        static string? TypeOf(Utf8JsonReader reader)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType)
                    return reader.TokenType switch
                    {
                        JsonTokenType.Null => null,
                        JsonTokenType.String => reader.GetString(),
                        _ => "",
                    };
                reader.Skip();
            }
            return null;
        }
    }
}

/// <summary>A member of a record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="IsNeeded">Whether it may not be absent.</param>
readonly record struct RecordMember(string Name, RecordShape Shape, bool IsNeeded)
{
    /// <summary>A member that has to be there.</summary>
    public static RecordMember Needed(string name, RecordShape shape) => new(name, shape, true);

    /// <summary>A member that may be absent.</summary>
    public static RecordMember Maybe(string name, RecordShape shape) => new(name, shape, false);

    /// <summary>A member that may be absent or null.</summary>
    public static RecordMember Optional(string name, RecordShape shape) => new(name, shape.OrNull(), false);
}
