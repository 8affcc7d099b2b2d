// The job of a plan in Go with its standard library: encoding/csv, a parsed text/template, a 128-bit digest a row, rows
// shared out to all processors. Its module of phone numbers is not fetched: a number is checked by its form and by the
// leading digits of Swedish mobiles, which costs far less than the real check and so flatters Go; segments are counted
// by a table. In: a list and a template. Out: the totals as JSON.
//
//	job a.csv template.txt
package main

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"unicode/utf8"
)

type counted struct {
	number   uint64
	segments int
	gsm7     bool
	digest   uint64
}

const chunk = 5000

var septets = table()

func table() map[rune]int {
	cost := map[rune]int{}
	for _, r := range "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà" {
		cost[r] = 1
	}
	for _, r := range "\f^{}\\[~]|€" {
		cost[r] = 2
	}
	return cost
}

// ascii is the table's head, so that most characters need no map.
var ascii = func() (head [128]int) {
	for r, cost := range septets {
		if r < 128 {
			head[r] = cost
		}
	}
	return head
}()

func cost(r rune) int {
	if r < 128 {
		return ascii[r]
	}
	return septets[r]
}

// segments counts a text; no pair straddles two segments.
func segments(text []byte) (int, bool) {
	units, filled, parts, gsm7 := 0, 0, 1, true
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		c := cost(r)
		if c == 0 {
			gsm7 = false
			break
		}
		units += c
		if filled+c > 153 {
			parts++
			filled = 0
		}
		filled += c
	}
	if gsm7 {
		if units <= 160 {
			parts = 1
		}
		return parts, true
	}
	units, filled, parts = 0, 0, 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		c := 1
		if r > 0xffff {
			c = 2
		}
		units += c
		if filled+c > 67 {
			parts++
			filled = 0
		}
		filled += c
	}
	if units <= 70 {
		parts = 1
	}
	return parts, false
}

func parseNumber(text string) (uint64, error) {
	if len(text) != 11 || !strings.HasPrefix(text, "467") || !strings.ContainsRune("02369", rune(text[3])) {
		return 0, errors.New("a number does not exist")
	}
	return strconv.ParseUint(text, 10, 64)
}

type job struct {
	rows   [][]string
	answer chan []counted
}

func work(names []string, source string, jobs <-chan job) {
	texts := template.Must(template.New("body").Parse(source))
	values := make(map[string]string, len(names))
	var body strings.Builder
	for job := range jobs {
		out := make([]counted, 0, len(job.rows))
		for _, row := range job.rows {
			number, err := parseNumber(row[0])
			if err != nil {
				log.Fatal(err)
			}
			for at, name := range names {
				values[name] = row[at]
			}
			body.Reset()
			if err := texts.Execute(&body, values); err != nil {
				log.Fatal(err)
			}
			text := []byte(body.String())
			parts, gsm7 := segments(text)
			digest := md5.Sum(append(text, row[0]...))
			out = append(out, counted{number, parts, gsm7, binary.LittleEndian.Uint64(digest[:])})
		}
		job.answer <- out
	}
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	source, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	reader := csv.NewReader(file)
	names, err := reader.Read()
	if err != nil {
		log.Fatal(err)
	}
	workers := runtime.NumCPU()
	jobs, answers := make(chan job, workers), make(chan chan []counted, 2*workers)
	for n := 0; n < workers; n++ {
		go work(names, string(source), jobs)
	}
	seen := map[uint64]struct{}{}
	total := map[string]int{"segments": 0, "gsm7": 0}
	var fingerprint uint64
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		for answer := range answers {
			for _, one := range <-answer {
				if _, known := seen[one.number]; known {
					continue
				}
				seen[one.number] = struct{}{}
				total["segments"] += one.segments
				if one.gsm7 {
					total["gsm7"]++
				}
				fingerprint += one.digest
			}
		}
	}()
	for more := true; more; {
		rows := make([][]string, 0, chunk)
		for len(rows) < chunk {
			row, err := reader.Read()
			if err == io.EOF {
				more = false
				break
			}
			if err != nil {
				log.Fatal(err)
			}
			rows = append(rows, row)
		}
		answer := make(chan []counted, 1)
		answers <- answer
		jobs <- job{rows, answer}
	}
	close(jobs)
	close(answers)
	done.Wait()
	total["people"] = len(seen)
	total["ucs2"] = len(seen) - total["gsm7"]
	json.NewEncoder(os.Stdout).Encode(total)
}
