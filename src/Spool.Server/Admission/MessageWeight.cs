using System.Buffers;
using Google.Protobuf.Reflection;

namespace Spool.Server;

/// <summary>Says, without making it, how much memory a message takes that is made of bytes: an empty element of a list takes two bytes on the wire and a hundred times that as an object.</summary>
/// <remarks>An estimate from above of the message and of what a method makes of it, but not of texts and bytes that a store copies. Payloads are passed over, so it costs by the number of fields.</remarks>
static class MessageWeight
{
    const int Message = 256; // an object, its place in a list, and what it is mapped to
    const int Value = 64; // a text or bytes, and the place in a list
    const int Unknown = 512; // fields that the message does not have are kept in a table of its own
    const int MaxDepth = 32; // the contracts need four; what is deeper is no message of theirs

    /// <summary>Weighs a message.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">Its bytes. Where they are malformed, what comes before that is weighed.</param>
    /// <param name="enough">The weighing stops above this.</param>
    /// <returns>The weight in bytes.</returns>
    public static long Of(MessageDescriptor type, in ReadOnlySequence<byte> bytes, long enough)
    {
        var reader = new SequenceReader<byte>(bytes);
        long weight = Message;
        Add(type, ref reader, reader.Length, enough, MaxDepth, ref weight);
        return weight;
    }

    static bool Add(MessageDescriptor type, ref SequenceReader<byte> reader, long end, long enough, int depth, ref long weight)
    {
        while (reader.Consumed < end)
        {
            if (weight > enough || !TryReadVarint(ref reader, end, out var tag))
                return false;
            var field = type.FindFieldByNumber((int)(tag >> 3));
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

    static bool AddValue(FieldDescriptor? field, ref SequenceReader<byte> reader, long length, long enough, int depth, ref long weight)
    {
        if (field?.FieldType == FieldType.Message)
        {
            weight += Message;
            return depth > 0 && Add(field.MessageType, ref reader, reader.Consumed + length, enough, depth - 1, ref weight);
        }
        weight += field?.FieldType switch
        {
            FieldType.String => Value + 3 * length, // two bytes for each character, and once more as bytes for a store
            FieldType.Bytes or null => Value + length,
            _ => Value + 8 * length, // numbers without tags of their own
        };
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
}
