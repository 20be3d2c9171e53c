using System.Buffers;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Spool.TestKit;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What a message takes as an object is known before it is one.</summary>
public sealed class MessageWeightTests
{
    public static TheoryData<string, byte[], int> Odd =>
        new()
        {
            { "empty items", Repeat([0x1A, 0x00], 50_000), 50_000 },
            { "items with a field that they do not have", Repeat([0x1A, 0x02, 0x78, 0x00], 50_000), 50_000 },
            { "fields that the message does not have", Repeat([0x78, 0x00], 50_000), 50_000 },
            { "items with a time each", Repeat([0x1A, 0x02, 0x22, 0x00], 50_000), 50_000 },
            { "items with a type each", Repeat([0x1A, 0x03, 0x0A, 0x01, 0x61], 50_000), 50_000 },
        };

    [Theory, MemberData(nameof(Odd))]
    public void A_message_weighs_at_least_what_it_takes(string what, byte[] bytes, int count)
    {
        _ = Wire.AppendRequest.Parser.ParseFrom([]); // what is made once
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Wire.AppendRequest.Parser.ParseFrom(bytes);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        var weight = WeightOf(Wire.AppendRequest.Descriptor, bytes);

        // Lists that grow leave their smaller selves behind, which the collector takes at once.
        Assert.True(weight >= taken * 3 / 4, $"{what}: {weight} for {taken}");
        Assert.True(weight <= count * 2048L, $"{what}: {weight}");
        GC.KeepAlive(message);
    }

    [Fact]
    public void A_large_payload_weighs_little_more_than_its_bytes()
    {
        var request = new Wire.AppendRequest
        {
            ThreadId = Given.NewId(),
            Items =
            {
                new Wire.NewItem { Type = "event_msg", Payload = ByteString.CopyFrom(new byte[1_000_000]) },
            },
        };

        var weight = WeightOf(Wire.AppendRequest.Descriptor, request.ToByteArray());

        Assert.InRange(weight, 1_000_000, 1_002_000);
    }

    [Fact]
    public void The_weighing_stops_where_it_is_enough()
    {
        var bytes = new ReadOnlySequence<byte>(Repeat([0x1A, 0x00], 1_000_000));

        Assert.InRange(MessageWeight.Of(Wire.AppendRequest.Descriptor, bytes, 10_000), 10_000, 12_000);
    }

    [Theory]
    [InlineData(new byte[] { 0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })] // longer than there is
    [InlineData(new byte[] { 0x1A, 0x05, 0x0A, 0x7F, 0x61, 0x61, 0x61 })] // a part that is longer than what it is in
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x09, 0x00 })]
    [InlineData(new byte[] { 0x0F })]
    [InlineData(new byte[] { 0x1A, 0x02, 0x22, 0xB8, 0x1A, 0x02, 0x22, 0x00 })] // a length within an item that goes on behind it
    [InlineData(new byte[] { 0x1A, 0x01, 0xA2, 0x01, 0x00 })] // a tag that does
    [InlineData(new byte[] { 0x1A, 0x02, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 })] // and a number
    public void What_is_no_message_is_weighed_as_far_as_it_goes(byte[] bytes) =>
        Assert.InRange(WeightOf(Wire.AppendRequest.Descriptor, bytes), 1, 10_000);

    [Fact]
    [Guarantee("REMO-79")]
    public void Whatever_the_bytes_are_they_are_weighed()
    {
        var types = RawCalls.Methods.Select(method => method.InputType).Distinct().ToList();
        // Tags of fields, lengths that fit, lengths that do not, and the ends of numbers of several bytes.
        var bytes = Gen.Frequency((4, Gen.Byte[1, 6].Select(field => (byte)(field << 3 | 2))), (4, Gen.Byte[0, 12]), (1, Gen.Byte)).Array[
            0,
            40
        ];

        Gen.Select(Gen.Int[0, types.Count - 1].Select(at => types[at]), bytes)
            .Sample((type, message) => WeightOf(type, message) > 0, iter: 100_000);
    }

    static long WeightOf(MessageDescriptor type, byte[] bytes) => MessageWeight.Of(type, new ReadOnlySequence<byte>(bytes), long.MaxValue);

    static byte[] Repeat(byte[] part, int times) => [.. Enumerable.Repeat(part, times).SelectMany(bytes => bytes)];
}
