using System.Buffers;
using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace Spool.Server;

/// <summary>Says, without making it, how much memory a message takes that is made of bytes: an empty element of a list takes two bytes on
/// the wire and a hundred times that as an object.</summary>
/// <remarks>An estimate from above of the message and of what a method makes of it, but not of texts and bytes that a store copies.
/// Payloads are passed over, so it costs by the number of fields.</remarks>
static class MessageWeight
{
    const int Message = 256; // an object, its place in a list, and what it is mapped to
    const int Value = 64; // a text or bytes, and the place in a list
    const int Unknown = 512; // fields that the message does not have are kept in a table of its own
    const int MaxDepth = 32; // the contracts need four; what is deeper is no message of theirs

    static readonly ConcurrentDictionary<MessageDescriptor, Shape> Shapes = new();

    /// <summary>Weighs a message.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">Its bytes. Where they are malformed, what comes before that is weighed.</param>
    /// <param name="enough">The weighing stops above this.</param>
    /// <returns>The weight in bytes.</returns>
    public static long Of(MessageDescriptor type, in ReadOnlySequence<byte> bytes, long enough)
    {
        var reader = new SequenceReader<byte>(bytes);
        long weight = Message;
        Add(Shape.Of(type), ref reader, reader.Length, enough, MaxDepth, ref weight);
        return weight;
    }

    static bool Add(Shape type, ref SequenceReader<byte> reader, long end, long enough, int depth, ref long weight)
    {
        while (reader.Consumed < end)
        {
            if (weight > enough || !TryReadVarint(ref reader, end, out var tag))
                return false;
            var field = type.Field(tag >> 3);
            if (field is null)
                weight += Unknown;
            switch (tag & 7)
            {
                case 0:
                    weight += Value;
                    if (!TryReadVarint(ref reader, end, out _))
                        return false;
                    break;
                case 1 or 5:
                    weight += Value;
                    var size = (tag & 7) == 1 ? 8 : 4;
                    if (end - reader.Consumed < size)
                        return false;
                    reader.Advance(size);
                    break;
                case 2:
                    if (!TryReadVarint(ref reader, end, out var length) || length > (ulong)(end - reader.Consumed))
                        return false;
                    if (!AddValue(field, ref reader, (long)length, enough, depth, ref weight))
                        return false;
                    break;
                case 3 or 4:
                    weight += Unknown; // the contracts have no groups
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    static bool AddValue(Field? field, ref SequenceReader<byte> reader, long length, long enough, int depth, ref long weight)
    {
        switch (field?.Kind)
        {
            case Kind.Message:
                weight += Message;
                return depth > 0 && Add(field.Shape, ref reader, reader.Consumed + length, enough, depth - 1, ref weight);
            case Kind.Text:
                weight += Value + 3 * length; // two bytes for each character, and once more as bytes for a store
                break;
            case Kind.Number:
                weight += Value + 8 * length; // without tags of their own
                break;
            default:
                weight += Value + length;
                break;
        }
        reader.Advance(length);
        return true;
    }

    // What belongs to a message within a message ends with it, though more bytes follow.
    static bool TryReadVarint(ref SequenceReader<byte> reader, long end, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (reader.Consumed == end || !reader.TryRead(out var next))
                return false;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }
        return false;
    }

    enum Kind : byte
    {
        Message,
        Text,
        Bytes,
        Number,
    }

    // What a message has, where a number finds it at once.
    sealed class Shape
    {
        readonly Field?[] _fields; // by number; the contracts number theirs from 1 without large gaps

        Shape(MessageDescriptor type)
        {
            var fields = type.Fields.InDeclarationOrder();
            _fields = new Field?[fields.Count == 0 ? 0 : fields.Max(field => field.FieldNumber) + 1];
            foreach (var field in fields)
                _fields[field.FieldNumber] = new Field(field);
        }

        public static Shape Of(MessageDescriptor type) =>
            Shapes.TryGetValue(type, out var shape) ? shape : Shapes.GetOrAdd(type, static type => new Shape(type));

        public Field? Field(ulong number) => number < (ulong)_fields.Length ? _fields[number] : null;
    }

    sealed class Field(FieldDescriptor described)
    {
        Shape? _shape;

        public Kind Kind { get; } =
            described.FieldType switch
            {
                FieldType.Message => Kind.Message,
                FieldType.String => Kind.Text,
                FieldType.Bytes => Kind.Bytes,
                _ => Kind.Number,
            };

        public Shape Shape => _shape ??= Shape.Of(described.MessageType); // asked for late, because a message may contain its own kind
    }
}
