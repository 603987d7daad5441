// SPDX-License-Identifier: Apache-2.0

// What do the Go team's tlog and note packages say? One question a line on stdin, one answer a line on stdout.
//
//	inclusion SIZE INDEX ROOT DATA HASHES             yes | no
//	consistency SIZE FIRST ROOT FIRST_ROOT HASHES     yes | no
//	roots DATA,DATA,…                                 the root at every size from 1 on
//	prove SIZE INDEX DATA,DATA,…                      the hashes of the inclusion proof
//	tiles SIZE ROOT PATH=BYTES,…                      yes if every leaf hash can be read through these tiles
//	path PATH                                         the path as they print it | no
//	note VKEYS BYTES                                  TEXT NAME:ID:SIGNATURE,… by the keys given | no
//	lines BYTES                                       the same of all lines, whoever signed | no
//	vkey BYTES                                        NAME:ID of a key that signs notes | no
//
// Bytes and names in answers are in hex, lists joined by commas; an empty one is a dash.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		fmt.Fprintln(out, answer(strings.Split(in.Text(), " ")))
		out.Flush()
	}
}

func answer(asked []string) string {
	switch asked[0] {
	case "inclusion":
		data := unhex(asked[4])
		return verdict(tlog.CheckRecord(tlog.RecordProof(hashes(asked[5])), number(asked[1]), hash(asked[3]),
			number(asked[2]), tlog.RecordHash(data)))
	case "consistency":
		return verdict(tlog.CheckTree(tlog.TreeProof(hashes(asked[5])), number(asked[1]), hash(asked[3]),
			number(asked[2]), hash(asked[4])))
	case "roots":
		return roots(asked[1])
	case "prove":
		proof, err := tlog.ProveRecord(number(asked[1]), number(asked[2]), stored(list(asked[3])))
		if err != nil {
			return "no"
		}
		return printed(proof)
	case "tiles":
		return tiles(number(asked[1]), hash(asked[2]), list(asked[3]))
	case "path":
		return path(asked[1])
	case "note":
		return opened(list(asked[1]), unhex(asked[2]))
	case "lines":
		return lines(unhex(asked[1]))
	case "vkey":
		made, err := note.NewVerifier(string(unhex(asked[1])))
		if err != nil {
			return "no"
		}
		return fmt.Sprintf("%x:%08x", made.Name(), made.KeyHash())
	}
	return "unknown question"
}

// memory is a tree whose hashes are kept in the order in which tlog stores them.
type memory []tlog.Hash

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(*m)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found[i] = (*m)[index]
	}
	return found, nil
}

func stored(records []string) *memory {
	kept := &memory{}
	for n, record := range records {
		added, err := tlog.StoredHashes(int64(n), unhex(record), kept)
		if err != nil {
			panic(err)
		}
		*kept = append(*kept, added...)
	}
	return kept
}

func roots(records string) string {
	kept := stored(list(records))
	found := []tlog.Hash{}
	for size := 1; size <= len(list(records)); size++ {
		root, err := tlog.TreeHash(int64(size), kept)
		if err != nil {
			return "no"
		}
		found = append(found, root)
	}
	return printed(found)
}

// shelf hands tiles out by their path, whatever they hold; tlog's reader is to notice a false one.
type shelf map[string][]byte

func (s shelf) Height() int                     { return 8 }
func (s shelf) SaveTiles([]tlog.Tile, [][]byte) {}
func (s shelf) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	found := [][]byte{}
	for _, tile := range asked {
		data, ok := s[tile.Path()]
		if !ok {
			return nil, fmt.Errorf("no tile %s", tile.Path())
		}
		found = append(found, data)
	}
	return found, nil
}

func tiles(size int64, root tlog.Hash, given []string) string {
	held := shelf{}
	for _, one := range given {
		name, data, _ := strings.Cut(one, "=")
		// C2SP leaves out the height, which is always 8.
		held["tile/8/"+strings.TrimPrefix(name, "tile/")] = unhex(data)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, held)
	for n := int64(0); n < size; n++ {
		if _, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)}); err != nil {
			return "no"
		}
	}
	return "yes"
}

func path(text string) string {
	tile, err := tlog.ParseTilePath("tile/8/" + strings.TrimPrefix(text, "tile/"))
	if err != nil {
		return "no"
	}
	return "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
}

// cosigner verifies a line of type 4 (C2SP tlog-cosignature), which the package leaves to its caller.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize || signature[0] >= 0x80 {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", at)), text...)
	return ed25519.Verify(c.key, message, signature[8:])
}

func opened(vkeys []string, data []byte) string {
	known := []note.Verifier{}
	for _, vkey := range vkeys {
		known = append(known, verifier(vkey))
	}
	read, err := note.Open(data, note.VerifierList(known...))
	if err != nil {
		return "no"
	}
	return told(read.Text, read.Sigs)
}

func lines(data []byte) string {
	_, err := note.Open(data, nil)
	unverified, ok := err.(*note.UnverifiedNoteError)
	if !ok {
		return "no"
	}
	return told(unverified.Note.Text, unverified.Note.UnverifiedSigs)
}

func told(text string, signatures []note.Signature) string {
	found := []string{}
	for _, line := range signatures {
		raw, _ := base64.StdEncoding.DecodeString(line.Base64)
		found = append(found, fmt.Sprintf("%x:%08x:%x", line.Name, line.Hash, raw[4:]))
	}
	return hex.EncodeToString([]byte(text)) + " " + strings.Join(found, ",")
}

func verifier(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		panic(err)
	}
	if raw[0] == 4 {
		id, err := strconv.ParseUint(parts[1], 16, 32)
		if err != nil {
			panic(err)
		}
		return cosigner{parts[0], uint32(id), ed25519.PublicKey(raw[1:])}
	}
	made, err := note.NewVerifier(vkey)
	if err != nil {
		panic(err)
	}
	return made
}

func verdict(err error) string {
	if err != nil {
		return "no"
	}
	return "yes"
}

func list(text string) []string {
	if text == "-" {
		return nil
	}
	return strings.Split(text, ",")
}

func hashes(text string) []tlog.Hash {
	found := []tlog.Hash{}
	for _, one := range list(text) {
		found = append(found, hash(one))
	}
	return found
}

func hash(text string) tlog.Hash {
	var found tlog.Hash
	copy(found[:], unhex(text))
	return found
}

func printed(found []tlog.Hash) string {
	if len(found) == 0 {
		return "-"
	}
	text := bytes.Buffer{}
	for i, one := range found {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, "%x", one[:])
	}
	return text.String()
}

func unhex(text string) []byte {
	raw, err := hex.DecodeString(strings.TrimSuffix(text, "-"))
	if err != nil {
		panic(err)
	}
	return raw
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}
